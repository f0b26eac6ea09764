using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Road.Torch.Networks;
using Road.Torch.Weights;

namespace Road.MLNet.Tests.Readme;

/// <summary>The README's pipeline: compiled with the tests, and held against the README word for word.</summary>
internal static class ReadmePipeline
{
    public static void Run()
    {
        // README begins
        var ml = new MLContext(seed: 1);
        ml.Log += (_, e) =>
        {
            if (e.Kind != ChannelMessageKind.Trace && e.Source.StartsWith("Road", StringComparison.Ordinal))
            {
                Console.WriteLine(e.RawMessage);
            }
        };

        LabelEncoding labels = LabelEncoding.FromJsonFile("classes.json");                    // names, colours, pixel values
        IDataView source = ml.Data.LoadSegmentationFolder("synthetic/images", "synthetic/labels");
        IDataView target = ml.Data.LoadSegmentationFolder("real/images");                     // no labels

        SegmentationPipeline pipeline = ml.SemanticSegmentation.Pipeline(labels, new RoadTrainerOptions
        {
            Network = SegmentationNetworks.Get("deeplab-vgg16"),
            BackboneWeights = BackboneWeights.ImageNet,                                       // downloaded once; or a file's path
        });

        ITransformer model = pipeline.Fit(source, target);                                    // needs TargetImagePath only
        ml.Model.Save(model, ml.Data.AsTargetDomain(target).Schema, "road.zip");              // for a PredictionEngine: TargetImagePath
        ml.Model.SaveAsOnnx(model, "road.onnx");                                              // runs without TorchSharp

        ITransformer loaded = new MLContext().Model.Load("road.zip", out _);                  // nothing to register
        IDataView photos = ml.Data.AsTargetDomain(                                            // TargetImagePath, LabelPath
            ml.Data.LoadSegmentationFolder("test/images", "test/labels"));
        photos = ml.Transforms.LoadLabelMasks("Label", null, "LabelPath", labels).Fit(photos).Transform(photos);
        IDataView scored = loaded.Transform(photos);                                          // PredictedLabel, PredictedMask
        SemanticSegmentationMetrics metrics = ml.SemanticSegmentation.Evaluate(scored);
        Console.WriteLine($"mean IoU {metrics.MeanIntersectionOverUnion:F3}");

        using SegmentationResult seen = loaded.GetRoadTransformer().Segment("photo.jpg");     // or a stream, or an MLImage
        seen.SaveMask("mask.png");                                                            // also classes, shares, confidence, overlays
        // README ends
    }

    public static void UseThePackage()
    {
        // Package begins
        var ml = new MLContext(seed: 1);
        LabelEncoding labels = LabelEncoding.FromJsonFile("classes.json");                    // names, colours, pixel values
        IDataView source = ml.Data.LoadSegmentationFolder("synthetic/images", "synthetic/labels");
        IDataView target = ml.Data.LoadSegmentationFolder("real/images");                     // no labels

        ITransformer model = ml.SemanticSegmentation.Pipeline(labels, new RoadTrainerOptions()).Fit(source, target);
        ml.Model.Save(model, ml.Data.AsTargetDomain(target).Schema, "road.zip");

        using SegmentationResult seen = model.GetRoadTransformer().Segment("photo.jpg");      // or a stream, or an MLImage
        seen.SaveMask("mask.png");
        // Package ends
    }

    public static void UseImagesInMemory(MLContext ml, LabelEncoding labels, IEnumerable<MLImage> frames, IEnumerable<byte[]> masks)
    {
        IReadOnlyList<MLImage> photos = [];
        // In memory begin
        LabelledImage[] examples = [.. frames.Zip(masks, (frame, mask) => new LabelledImage(frame, labels.Decode(mask)))];
        IDataView source = ml.Data.LoadSegmentationImages(examples, labels);                  // SourceImage, SourceLabel
        IDataView target = ml.Data.LoadSegmentationImages(photos);                            // TargetImage
        RoadTransformer model = ml.SemanticSegmentation.Trainers.Road(new RoadTrainerOptions()).Fit(source, target);
        // In memory end
        model.Dispose();
    }

    public static void UsePublishedSets(MLContext ml, ITransformer model)
    {
        // Published sets begin
        IDataView source = ml.Data.LoadGta5("data/gta5");                                     // LoadSynthia("data/RAND_CITYSCAPES")
        IDataView target = ml.Data.LoadCityscapes("data/cityscapes", "train");                // LoadCamVid("data/camvid", "train")
        IDataView domains = ml.Data.PairDomains(source, target);
        LabelEncoding labels = LabelEncoding.Gta5;                                            // 19 classes, their colours and ids

        IDataView frames = ml.Data.AsTargetDomain(ml.Data.LoadCityscapes("data/cityscapes", "val"));
        frames = ml.Transforms.LoadLabelMasks("Label", null, "LabelPath", LabelEncoding.Cityscapes).Fit(frames).Transform(frames);
        SemanticSegmentationMetrics metrics = ml.SemanticSegmentation.Evaluate(model.Transform(frames));
        double mean16 = metrics.MeanIntersectionOverUnionOf(CityscapesClasses.Synthia16);
        // Published sets end
        _ = (domains, labels, mean16);
    }

    public static void ScoreOneImage(MLContext ml)
    {
        // Scoring begins
        using RoadTransformer model = ml.Model.LoadSegmentation("road.zip");                          // or loaded.GetRoadTransformer()
        using SegmentationResult seen = model.Segment("photo.jpg");                                   // or a stream, or an MLImage

        for (int i = 0; i < seen.ClassNames.Count; i++)
        {
            Console.WriteLine($"{seen.ClassNames[i]} {seen.Shares[i]:P1} {seen.ClassColors[i]}");
        }

        byte key = seen.Labels.Keys[(100 * seen.Width) + 200];                                        // row 100, column 200: class + 1
        float sure = seen.Confidence.Span[(100 * seen.Width) + 200];                                  // 0 to 1
        seen.SaveMask("mask.png");                                                                    // class ids, in the classes' colours
        using MLImage overlay = seen.Overlay(opacity: 0.6, legend: true);                             // Mask(), Outlined(), ConfidenceMap()
        overlay.Save("overlay.png");
        // Scoring ends
        _ = (key, sure);
    }

    public static void ScoreInMemory(MLContext ml, ITransformer loaded)
    {
        // Engine begins
        RoadTransformer network = loaded.GetRoadTransformer();                                        // out of whatever chain it is in
        PredictionEngine<Photo, PhotoMask> engine = ml.Model.CreatePredictionEngine<Photo, PhotoMask>(
            network, new PredictionEngineOptions { OwnsTransformer = false });                        // else it disposes the model
        // Engine ends
        engine.Dispose();
    }

    private sealed class Photo
    {
        public MLImage? TargetImage { get; set; }
    }

    private sealed class PhotoMask
    {
        public VBuffer<byte> PredictedLabel { get; set; }
    }
}

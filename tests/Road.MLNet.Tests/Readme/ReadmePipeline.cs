using Microsoft.ML;
using Microsoft.ML.Data;
using Road.Torch.Networks;

namespace Road.MLNet.Tests.Readme;

/// <summary>The README's pipeline: compiled with the tests, and held against the README word for word.</summary>
internal static class ReadmePipeline
{
    public static void Run()
    {
        // README begins
        var ml = new MLContext(seed: 1);
        ml.Log += (_, e) => { if (e.Source.StartsWith("Road", StringComparison.Ordinal)) Console.WriteLine(e.Message); };

        LabelEncoding labels = LabelEncoding.FromJsonFile("classes.json");                    // names, colours, pixel values
        IDataView source = ml.Data.LoadSegmentationFolder("synthetic/images", "synthetic/labels");
        IDataView target = ml.Data.LoadSegmentationFolder("real/images");                     // no labels
        IDataView domains = ml.Data.PairDomains(source, target);                              // SourceImagePath, SourceLabelPath, ...

        var pipeline = new EstimatorChain<ITransformer>()
            .Append(ml.Transforms.LoadImages("TargetImage", null, "TargetImagePath"))
            .Append(ml.Transforms.LoadImages("SourceImage", null, "SourceImagePath"), TransformerScope.Training)
            .Append(ml.Transforms.LoadLabelMasks("SourceLabel", null, "SourceLabelPath", labels), TransformerScope.Training)
            .Append(ml.SemanticSegmentation.Trainers.Road(new RoadTrainerOptions
            {
                Network = SegmentationNetworks.Get("deeplab-vgg16"),
                BackboneWeights = "vgg16.safetensors",
            }));

        ITransformer model = pipeline.Fit(domains).GetModelFor(TransformerScope.Scoring);     // needs TargetImagePath only
        ml.Model.Save(model, ml.Data.AsTargetDomain(target).Schema, "road.zip");              // for a PredictionEngine: TargetImagePath
        ml.Model.SaveAsOnnx(model, "road.onnx");                                              // runs without TorchSharp

        ITransformer loaded = new MLContext().Model.Load("road.zip", out _);                  // nothing to register
        IDataView photos = ml.Data.AsTargetDomain(                                            // TargetImagePath, LabelPath
            ml.Data.LoadSegmentationFolder("test/images", "test/labels"));
        photos = ml.Transforms.LoadLabelMasks("Label", null, "LabelPath", labels).Fit(photos).Transform(photos);
        IDataView scored = loaded.Transform(photos);                                          // PredictedLabel, PredictedMask
        SemanticSegmentationMetrics metrics = ml.SemanticSegmentation.Evaluate(scored);
        Console.WriteLine($"mean IoU {metrics.MeanIntersectionOverUnion:F3}");
        // README ends
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
}

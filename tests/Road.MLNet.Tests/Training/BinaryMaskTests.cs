using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet.Tests.Data;
using Road.MLNet.Tests.Scoring;

namespace Road.MLNet.Tests.Training;

/// <summary>Masks of black and white, as tools that mark one kind of thing write them: 0 and 255.</summary>
[TestClass]
public sealed class BinaryMaskTests
{
    private const int Width = 48;
    private const int Height = 40;

    [TestMethod]
    public void MasksOf0And255TrainAModelThatTellsBothClassesApart()
    {
        using TemporaryFolder folder = new();
        for (int i = 0; i < 4; i++)
        {
            Write(folder, $"{i}", split: 8 * (i + 1));
        }

        LabelEncoding encoding = LabelEncoding.FromJsonFile(folder.Write(
            "classes.json", """{"classes": [{"name": "ground", "ids": [0]}, {"name": "building", "ids": [255]}]}"""));
        MLContext ml = new(seed: 1);
        IDataView files = ml.Data.LoadSegmentationFolder(folder.Combine("images"), folder.Combine("labels"));
        EstimatorChain<RoadTransformer> pipeline = new EstimatorChain<ITransformer>()
            .Append(ml.Transforms.LoadImages("TargetImage", null, "TargetImagePath"))
            .Append(ml.Transforms.LoadImages("SourceImage", null, "SourceImagePath"), TransformerScope.Training)
            .Append(ml.Transforms.LoadLabelMasks("SourceLabel", null, "SourceLabelPath", encoding), TransformerScope.Training)
            .Append(ml.SemanticSegmentation.Trainers.Road(new RoadTrainerOptions
            {
                Network = new TinyFactory(),
                DistillationWeight = 0,
                SpatialWeight = 0,
                CropSize = 32,
                BatchSize = 2,
                Iterations = 200,
                LearningRate = 1e-2,
                LoaderWorkers = 1,
            }));
        using TransformerChain<RoadTransformer> trained = pipeline.Fit(ml.Data.PairDomains(files, files));

        IDataView photos = ml.Data.AsTargetDomain(files);
        photos = ml.Transforms.LoadLabelMasks("Label", null, "LabelPath", encoding).Fit(photos).Transform(photos);
        IDataView scored = trained.GetModelFor(TransformerScope.Scoring).Transform(photos);
        SemanticSegmentationMetrics metrics = ml.SemanticSegmentation.Evaluate(scored);

        // Every pixel has a class, and those of each class are found.
        Assert.AreEqual(4 * Width * Height, metrics.ConfusionMatrix.Sum(row => row.Sum()));
        Assert.IsGreaterThan(0.8, metrics.PerClassIntersectionOverUnion[0]);
        Assert.IsGreaterThan(0.8, metrics.PerClassIntersectionOverUnion[1]);
    }

    /// <summary>Writes a dark image that is bright from a row on, with noise, and its mask, which is white there.</summary>
    private static void Write(TemporaryFolder folder, string name, int split)
    {
        Random random = new(split);
        byte[] pixels = new byte[4 * Width * Height];
        byte[] mask = new byte[Width * Height];
        for (int i = 0; i < mask.Length; i++)
        {
            bool isBuilding = i / Width >= split;
            mask[i] = isBuilding ? byte.MaxValue : (byte)0;
            pixels.AsSpan(4 * i, 3).Fill((byte)((isBuilding ? 190 : 20) + random.Next(40)));
            pixels[(4 * i) + 3] = byte.MaxValue;
        }

        folder.CreateFolder("images");
        folder.CreateFolder("labels");
        using MLImage image = MLImage.CreateFromPixels(Width, Height, MLPixelFormat.Bgra32, pixels);
        image.Save(folder.Combine("images", name + ".png"));
        folder.Write(Path.Combine("labels", name + ".png"), PngWriter.Write(Width, Height, mask));
    }
}

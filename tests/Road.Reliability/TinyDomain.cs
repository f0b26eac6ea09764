using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet;
using Road.MLNet.Tests.Data;

namespace Road.Reliability;

/// <summary>Two small pictures with their masks, and trainings on them that take a moment.</summary>
internal sealed class TinyDomain
{
    private const int Width = 16;
    private const int Height = 16;
    private readonly string images;
    private readonly string labels;

    /// <param name="folder">Where the pictures are written.</param>
    public TinyDomain(string folder)
    {
        images = Directory.CreateDirectory(Path.Combine(folder, "images")).FullName;
        labels = Directory.CreateDirectory(Path.Combine(folder, "labels")).FullName;
        for (int i = 0; i < 2; i++)
        {
            using MLImage image = CreateImage(i);
            image.Save(Path.Combine(images, $"{i}.png"));
            byte[] ids = [.. Enumerable.Range(0, Width * Height).Select(place => (byte)(place % Width < 6 + i ? 0 : 1))];
            File.WriteAllBytes(Path.Combine(labels, $"{i}.png"), PngWriter.Write(Width, Height, ids));
        }
    }

    /// <summary>A picture of noise.</summary>
    public static MLImage CreateImage(int seed)
    {
        byte[] pixels = new byte[4 * Width * Height];
        new Random(seed).NextBytes(pixels);
        for (int i = 3; i < pixels.Length; i += 4)
        {
            pixels[i] = byte.MaxValue;
        }

        return MLImage.CreateFromPixels(Width, Height, MLPixelFormat.Bgra32, pixels);
    }

    /// <summary>Options of two steps with the regions' classifiers.</summary>
    public static RoadTrainerOptions Options() => new()
    {
        Network = new TinyNetworkFactory(),
        DistillationWeight = 0,
        SpatialWeight = 0.01,
        RegionRows = 1,
        RegionColumns = 2,
        CropSize = 16,
        BatchSize = 1,
        Iterations = 2,
        LearningRate = 1e-3,
        LoaderWorkers = 1,
        ScoreColumnName = "Score",
    };

    /// <summary>Trains on the pictures, both domains the same.</summary>
    public RoadTransformer Train(MLContext ml, RoadTrainerOptions options)
    {
        IDataView view = ml.Data.LoadSegmentationFolder(images, labels);
        view = ml.Data.PairDomains(view, ml.Data.LoadSegmentationFolder(images));
        view = ml.Transforms.LoadImages("SourceImage", null, "SourceImagePath").Fit(view).Transform(view);
        view = ml.Transforms.LoadImages("TargetImage", null, "TargetImagePath").Fit(view).Transform(view);
        view = ml.Transforms.LoadLabelMasks("SourceLabel", null, "SourceLabelPath", LabelEncoding.FromIds(["road", "car"])).Fit(view).Transform(view);
        return ml.SemanticSegmentation.Trainers.Road(options).Fit(view);
    }
}

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

    /// <param name="folder">Where the pictures are written.</param>
    /// <param name="width">Their width.</param>
    /// <param name="height">Their height.</param>
    public TinyDomain(string folder, int width = Width, int height = Height)
    {
        Images = Directory.CreateDirectory(Path.Combine(folder, "images")).FullName;
        Labels = Directory.CreateDirectory(Path.Combine(folder, "labels")).FullName;
        for (int i = 0; i < 2; i++)
        {
            using MLImage image = CreateImage(i, width, height);
            image.Save(Path.Combine(Images, $"{i}.png"));
            byte[] ids = [.. Enumerable.Range(0, width * height).Select(place => (byte)(place % width < 6 + i ? 0 : 1))];
            File.WriteAllBytes(Path.Combine(Labels, $"{i}.png"), PngWriter.Write(width, height, ids));
        }
    }

    /// <summary>The folder of pictures.</summary>
    public string Images { get; }

    /// <summary>The folder of masks.</summary>
    public string Labels { get; }

    /// <summary>A picture of noise.</summary>
    public static MLImage CreateImage(int seed, int width = Width, int height = Height)
    {
        byte[] pixels = new byte[4 * width * height];
        new Random(seed).NextBytes(pixels);
        for (int i = 3; i < pixels.Length; i += 4)
        {
            pixels[i] = byte.MaxValue;
        }

        return MLImage.CreateFromPixels(width, height, MLPixelFormat.Bgra32, pixels);
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
        IDataView view = ml.Data.LoadSegmentationFolder(Images, Labels);
        view = ml.Data.PairDomains(view, ml.Data.LoadSegmentationFolder(Images));
        view = ml.Transforms.LoadImages("SourceImage", null, "SourceImagePath").Fit(view).Transform(view);
        view = ml.Transforms.LoadImages("TargetImage", null, "TargetImagePath").Fit(view).Transform(view);
        LabelEncoding encoding = LabelEncoding.FromIds(["road", "car"]);
        view = ml.Transforms.LoadLabelMasks("SourceLabel", null, "SourceLabelPath", encoding).Fit(view).Transform(view);
        return ml.SemanticSegmentation.Trainers.Road(options).Fit(view);
    }
}

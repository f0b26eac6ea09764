using Microsoft.ML;
using Road.MLNet;
using Road.Torch.Data;
using Road.Torch.Networks;
using Road.Torch.Weights;
using TorchSharp;

namespace Experiments.Running;

/// <summary>Settings of a trial: small enough for any machine, on the experiment's own data and networks.</summary>
internal static class Trial
{
    public const int Images = 2;

    /// <summary>The end of the name of the folder that trials write to.</summary>
    public const string FolderSuffix = "-trial";

    public const string Note =
        "Two steps from random weights on small pictures: it shows that all fits together, and its numbers mean nothing.";

    private const int LongSide = 160;

    /// <summary>Two steps of small crops from small images, and a backbone whose weights are drawn at random.</summary>
    public static void Shorten(RoadTrainerOptions options, string weightsFile)
    {
        options.Iterations = 2;
        options.EvaluationInterval = 2;
        options.CropSize = 65;
        options.BatchSize = 2;
        options.SourceImageSize = Shrink(options.SourceImageSize);
        options.TargetImageSize = Shrink(options.TargetImageSize);
        options.BackboneWeights = WriteRandomWeights(options.Network, weightsFile);
    }

    public static IDataView Take(MLContext ml, IDataView view) => ml.Data.TakeRows(view, Images);

    public static ImageSize Shrink(ImageSize? size)
    {
        ImageSize full = size ?? new ImageSize(2 * LongSide, LongSide);
        double scale = (double)LongSide / Math.Max(full.Width, full.Height);
        return new ImageSize((int)(full.Width * scale), (int)(full.Height * scale));
    }

    private static string WriteRandomWeights(SegmentationNetworkFactory factory, string path)
    {
        using SegmentationNetwork network = factory.Create(2);
        using torch.Generator generator = new(1);
        network.InitializeWeights(generator);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        SafetensorsWriter.Write(path, network.Backbone.state_dict());
        return path;
    }
}

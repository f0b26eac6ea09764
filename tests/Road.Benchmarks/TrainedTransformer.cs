using Microsoft.ML;
using Road.MLNet;
using Road.Torch.Networks;

namespace Road.Benchmarks;

/// <summary>A transformer with nearly random weights, the way a user comes by one: trained, for one step.</summary>
internal static class TrainedTransformer
{
    /// <summary>The number of classes.</summary>
    public const int Classes = 7;

    /// <summary>Trains for a step on one small image.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="networkName">The network.</param>
    /// <param name="imageColumn">The column of images that the transformer is to read.</param>
    public static RoadTransformer Create(MLContext ml, string networkName, string imageColumn)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("road-benchmark-");
        try
        {
            string images = folder.CreateSubdirectory("images").FullName;
            string labels = folder.CreateSubdirectory("labels").FullName;
            TestImages.WriteColors(Path.Combine(images, "0.png"), 64, 64, 1);
            TestImages.WriteClasses(Path.Combine(labels, "0.png"), 64, 64, Classes, 1);
            LabelEncoding encoding = LabelEncoding.FromIds([.. Enumerable.Range(0, Classes).Select(static k => $"class {k}")]);
            IDataView view = ml.Data.LoadSegmentationFolder(images, labels);
            view = ml.Transforms.LoadImages("SourceImage", null, "ImagePath").Fit(view).Transform(view);
            view = ml.Transforms.LoadLabelMasks("SourceLabel", null, "LabelPath", encoding).Fit(view).Transform(view);
            return ml.SemanticSegmentation.Trainers.Road(new RoadTrainerOptions
            {
                Network = SegmentationNetworks.Get(networkName),
                TargetImageColumnName = imageColumn,
                DistillationWeight = 0,
                SpatialWeight = 0,
                Iterations = 1,
                BatchSize = 1,
                CropSize = 64,
            }).Fit(view);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}

using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using Road.Torch.Networks;
using Road.Torch.Weights;
using TorchSharp;

namespace Road.MLNet.Tests.Training;

/// <summary>Small trainings, and what they leave behind.</summary>
internal static class TrainerFixture
{
    /// <summary>Three steps of one small crop, without adaptation.</summary>
    public static RoadTrainerOptions SourceOnly() => new()
    {
        Network = new RecordingFactory(),
        DistillationWeight = 0,
        SpatialWeight = 0,
        CropSize = 32,
        BatchSize = 1,
        Iterations = 3,
        LearningRate = 1e-3,
        LoaderWorkers = 1,
    };

    /// <summary>The same with both adaptations, from pretrained weights that are written to the folder.</summary>
    public static RoadTrainerOptions Adapting(TrainingFolders folders, SegmentationNetworkFactory? network = null)
    {
        RoadTrainerOptions options = SourceOnly();
        options.Network = network ?? options.Network;
        options.BackboneWeights = WriteWeights(options.Network, folders.Combine("backbone.safetensors"));
        options.DistillationWeight = 0.1;
        options.SpatialWeight = 0.01;
        return options;
    }

    public static string WriteWeights(SegmentationNetworkFactory factory, string path)
    {
        using SegmentationNetwork network = factory.Create(2);
        using var generator = new torch.Generator(11);
        network.InitializeWeights(generator);
        SafetensorsWriter.Write(path, network.Backbone.state_dict());
        return path;
    }

    /// <summary>The weights in the file of a saved model.</summary>
    public static byte[] SavedWeights(MLContext ml, RoadTransformer model)
    {
        using var file = new MemoryStream();
        ml.Model.Save(model, ml.Data.LoadFromEnumerable(Array.Empty<ImageRow>()).Schema, file);
        using var zip = new ZipArchive(file, ZipArchiveMode.Read);
        using Stream entry = zip.Entries.Single(candidate => candidate.Name == "Weights.safetensors").Open();
        using var content = new MemoryStream();
        entry.CopyTo(content);
        return content.ToArray();
    }

    public static byte[][] Masks(IDataView scored) =>
        [.. scored.GetColumn<VBuffer<byte>>("PredictedLabel").Select(mask => mask.DenseValues().ToArray())];

    /// <summary>Asserts that an exception's message holds all of the parts.</summary>
    public static void AssertMessage(Exception error, params string[] parts)
    {
        foreach (string part in parts)
        {
            StringAssert.Contains(error.Message, part, StringComparison.Ordinal);
        }
    }

    internal sealed class ImageRow
    {
        [ImageType(1, 1)]
        public MLImage? SourceImage { get; set; }

        [ImageType(1, 1)]
        public MLImage? TargetImage { get; set; }

        public string? LabelPath { get; set; }
    }
}

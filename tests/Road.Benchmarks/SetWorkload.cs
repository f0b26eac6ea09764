using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using Road.MLNet;
using Road.Torch.Networks;
using Road.Torch.Weights;
using SkiaSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Benchmarks;

/// <summary>
/// Scoring a folder of PNG files through <c>Transform</c>, and one image through a <c>PredictionEngine</c>, beside decoding
/// and the bare network.
/// </summary>
internal sealed class SetWorkload : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("road-benchmark-");
    private readonly string[] files;
    private readonly MLContext ml = new(1);
    private readonly RoadTransformer transformer;
    private readonly PredictionEngine<Photo, Mask> engine;
    private readonly SegmentationNetwork network;
    private readonly MLImage first;

    /// <summary>Makes the images and the networks.</summary>
    /// <param name="networkName">The network.</param>
    /// <param name="count">How many images.</param>
    /// <param name="width">Their width.</param>
    /// <param name="height">Their height.</param>
    public SetWorkload(string networkName, int count, int width, int height)
    {
        files = [.. Enumerable.Range(0, count).Select(i => Path.Combine(folder.FullName, $"{i:D3}.png"))];
        foreach (string file in files)
        {
            TestImages.WriteColors(file, width, height, seed: file.Length);
        }

        transformer = TrainedTransformer.Create(ml, networkName, "Photo");
        engine = ml.Model.CreatePredictionEngine<Photo, Mask>(transformer, new PredictionEngineOptions { OwnsTransformer = false });
        network = SegmentationNetworks.Get(networkName).Create(TrainedTransformer.Classes);
        ScoreWorkload.RandomWeights(network);
        network.eval();
        first = MLImage.CreateFromFile(files[0]);
    }

    /// <summary>Labels and masks in colours of all images.</summary>
    public void Score()
    {
        IDataView view = ml.Data.LoadFromEnumerable(files.Select(static file => new PhotoPath { Path = file }));
        view = transformer.Transform(ml.Transforms.LoadImages("Photo", null, "Path").Fit(view).Transform(view));
        using DataViewRowCursor cursor = view.GetRowCursor([view.Schema["PredictedLabel"], view.Schema["PredictedMask"]]);
        ValueGetter<VBuffer<byte>> getLabels = cursor.GetGetter<VBuffer<byte>>(view.Schema["PredictedLabel"]);
        ValueGetter<MLImage> getMask = cursor.GetGetter<MLImage>(view.Schema["PredictedMask"]);
        VBuffer<byte> labels = default;
        MLImage mask = null!;
        while (cursor.MoveNext())
        {
            getLabels(ref labels);
            getMask(ref mask);
        }

        mask.Dispose();
    }

    /// <summary>Decoding and the network alone, on the thread that scoring runs on.</summary>
    public void Bare()
    {
        foreach (string file in files)
        {
            using SKBitmap image = SKBitmap.Decode(file);
            if (image.ByteCount == 0)
            {
                throw new InvalidDataException($"{file} is no image.");
            }

            Forward();
        }
    }

    public void PredictOne() => engine.Predict(new Photo { Image = first });

    public void BareOne() => Forward();

    public void Dispose()
    {
        engine.Dispose();
        transformer.Dispose();
        network.Dispose();
        first.Dispose();
        folder.Delete(recursive: true);
    }

    private void Forward()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable inference = inference_mode();
        Tensor pixels = ones([1, first.Height, first.Width, 3], ScalarType.Byte);
        network.call(network.Normalize(InputNormalization.ImageNet, pixels));
    }

    private sealed class PhotoPath
    {
        public string Path { get; set; } = string.Empty;
    }

    private sealed class Photo
    {
        [ColumnName("Photo")]
        [ImageType(1, 1)]
        public MLImage? Image { get; set; }
    }

    private sealed class Mask
    {
        public VBuffer<byte> PredictedLabel { get; set; }

        public MLImage? PredictedMask { get; set; }
    }
}

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
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("road-benchmark-");
    private readonly string[] _files;
    private readonly MLContext _ml = new(1);
    private readonly RoadTransformer _transformer;
    private readonly PredictionEngine<Photo, Mask> _engine;
    private readonly SegmentationNetwork _network;
    private readonly MLImage _first;

    /// <summary>Makes the images and the networks.</summary>
    /// <param name="networkName">The network.</param>
    /// <param name="count">How many images.</param>
    /// <param name="width">Their width.</param>
    /// <param name="height">Their height.</param>
    public SetWorkload(string networkName, int count, int width, int height)
    {
        _files = [.. Enumerable.Range(0, count).Select(i => Path.Combine(_folder.FullName, $"{i:D3}.png"))];
        foreach (string file in _files)
        {
            TestImages.WriteColors(file, width, height, seed: file.Length);
        }

        _transformer = TrainedTransformer.Create(_ml, networkName, "Photo");
        _engine = _ml.Model.CreatePredictionEngine<Photo, Mask>(_transformer, new PredictionEngineOptions { OwnsTransformer = false });
        _network = SegmentationNetworks.Get(networkName).Create(TrainedTransformer.Classes);
        ScoreWorkload.RandomWeights(_network);
        _network.eval();
        _first = MLImage.CreateFromFile(_files[0]);
    }

    /// <summary>Labels and masks in colours of all images.</summary>
    public void Score()
    {
        IDataView view = _ml.Data.LoadFromEnumerable(_files.Select(static file => new PhotoPath { Path = file }));
        view = _transformer.Transform(_ml.Transforms.LoadImages("Photo", null, "Path").Fit(view).Transform(view));
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
        foreach (string file in _files)
        {
            using SKBitmap image = SKBitmap.Decode(file);
            if (image.ByteCount == 0)
            {
                throw new InvalidDataException($"{file} is no image.");
            }

            Forward();
        }
    }

    public void PredictOne() => _engine.Predict(new Photo { Image = _first });

    public void BareOne() => Forward();

    public void Dispose()
    {
        _engine.Dispose();
        _transformer.Dispose();
        _network.Dispose();
        _first.Dispose();
        _folder.Delete(recursive: true);
    }

    private void Forward()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable inference = inference_mode();
        Tensor pixels = ones([1, _first.Height, _first.Width, 3], ScalarType.Byte);
        _network.call(_network.Normalize(InputNormalization.ImageNet, pixels));
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

using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using Microsoft.ML.Transforms.Onnx;
using Road.Torch.Networks;
using Road.Torch.Onnx;

namespace Road.Benchmarks;

/// <summary>
/// Scoring one image in memory in ML.NET's usual way: a pipeline of <c>ExtractPixels</c> and <c>ApplyOnnxModel</c>, a row at a
/// time, with the network exported.
/// </summary>
internal sealed class OnnxWorkload : IDisposable
{
    private const int Classes = 7;
    private readonly string _file = Path.GetTempFileName();
    private readonly MLContext _ml = new(1);
    private readonly int _pixelCount;
    private readonly IDataView _rows;
    private readonly TransformerChain<OnnxTransformer> _pipeline;

    /// <summary>Exports a network with random weights and prepares the pipeline.</summary>
    /// <param name="networkName">The network.</param>
    /// <param name="width">The image's width.</param>
    /// <param name="height">The image's height.</param>
    /// <param name="threads">The threads of an operation.</param>
    public OnnxWorkload(string networkName, int width, int height, int threads)
    {
        using (SegmentationNetwork network = SegmentationNetworks.Get(networkName).Create(Classes))
        {
            ScoreWorkload.RandomWeights(network);
            OnnxExporter.Save(network, _file, new OnnxExportOptions());
        }

        byte[] pixels = new byte[4 * width * height];
        new Random(1).NextBytes(pixels);
        _pixelCount = width * height;

        // The pipeline disposes the image that it is given.
        _rows = _ml.Data.LoadFromEnumerable(
            Enumerable.Range(0, 1).Select(
                _ => new Row { Picture = MLImage.CreateFromPixels(width, height, MLPixelFormat.Bgra32, pixels) }));
        _pipeline = _ml.Transforms.ResizeImages("Picture", width, height)
            .Append(_ml.Transforms.ExtractPixels("image", "Picture"))
            .Append(_ml.Transforms.ApplyOnnxModel(new OnnxOptions
            {
                InputColumns = ["image"],
                OutputColumns = ["mask"],
                ModelFile = _file,
                ShapeDictionary = new Dictionary<string, int[]> { ["image"] = [1, 3, height, width] },
                RecursionLimit = 100,
                IntraOpNumThreads = threads,
                InterOpNumThreads = 1,
            }))
            .Fit(_rows);
    }

    /// <summary>Scores the image.</summary>
    public void Run()
    {
        VBuffer<byte> mask = _pipeline.Transform(_rows).GetColumn<VBuffer<byte>>("mask").Single();
        if (mask.Length != _pixelCount)
        {
            throw new InvalidDataException($"The mask has {mask.Length} pixels, the image {_pixelCount}.");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _pipeline.Dispose();
        File.Delete(_file);
    }

    private sealed class Row
    {
        [ImageType(1, 1)]
        public MLImage? Picture { get; set; }
    }
}

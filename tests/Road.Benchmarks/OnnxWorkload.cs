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
    private readonly string file = Path.GetTempFileName();
    private readonly MLContext ml = new(1);
    private readonly int pixelCount;
    private readonly IDataView rows;
    private readonly TransformerChain<OnnxTransformer> pipeline;

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
            OnnxExporter.Save(network, file, new OnnxExportOptions());
        }

        byte[] pixels = new byte[4 * width * height];
        new Random(1).NextBytes(pixels);
        pixelCount = width * height;

        // The pipeline disposes the image that it is given.
        rows = ml.Data.LoadFromEnumerable(
            Enumerable.Range(0, 1).Select(_ => new Row { Picture = MLImage.CreateFromPixels(width, height, MLPixelFormat.Bgra32, pixels) }));
        pipeline = ml.Transforms.ResizeImages("Picture", width, height)
            .Append(ml.Transforms.ExtractPixels("image", "Picture"))
            .Append(ml.Transforms.ApplyOnnxModel(new OnnxOptions
            {
                InputColumns = ["image"],
                OutputColumns = ["mask"],
                ModelFile = file,
                ShapeDictionary = new Dictionary<string, int[]> { ["image"] = [1, 3, height, width] },
                RecursionLimit = 100,
                IntraOpNumThreads = threads,
                InterOpNumThreads = 1,
            }))
            .Fit(rows);
    }

    /// <summary>Scores the image.</summary>
    public void Run()
    {
        VBuffer<byte> mask = pipeline.Transform(rows).GetColumn<VBuffer<byte>>("mask").Single();
        if (mask.Length != pixelCount)
        {
            throw new InvalidDataException($"The mask has {mask.Length} pixels, the image {pixelCount}.");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        pipeline.Dispose();
        File.Delete(file);
    }

    private sealed class Row
    {
        [ImageType(1, 1)]
        public MLImage? Picture { get; set; }
    }
}

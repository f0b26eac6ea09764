using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using Road.MLNet.Scoring;
using Road.Torch.Data;
using Road.Torch.Networks;
using Road.Torch.Weights;
using TorchSharp;

namespace Road.MLNet.Tests.Scoring;

/// <summary>A small model with random weights, and images of noise.</summary>
internal static class ScoringFixture
{
    public const int Classes = 5;

    public static byte[] Palette { get; } = [.. Enumerable.Range(1, 3 * Classes).Select(i => (byte)(i * 10))];

    public static RoadTransformer CreateTransformer(
        MLContext ml, string? score = null, ImageSize? networkSize = null, SegmentationNetworkFactory? factory = null, int channels = 12,
        ImageFit fit = ImageFit.KeepAspectRatio)
    {
        factory ??= new TinyFactory { Channels = channels };
        SegmentationNetwork network = factory.Create(Classes);
        using var generator = new torch.Generator(3);
        network.InitializeWeights(generator);
        return new RoadTransformer(ml, new RoadModel(
            factory,
            network,
            [.. Enumerable.Range(0, Classes).Select(i => $"class {i}")],
            Palette,
            InputNormalization.ImageNet,
            networkSize,
            new RoadColumns("Image", "PredictedLabel", "PredictedMask", score),
            fit: fit));
    }

    public static MLImage CreateImage(int seed, int width, int height)
    {
        byte[] pixels = new byte[4 * width * height];
        new Random(seed).NextBytes(pixels);
        for (int i = 3; i < pixels.Length; i += 4)
        {
            pixels[i] = 255;
        }

        return MLImage.CreateFromPixels(width, height, MLPixelFormat.Bgra32, pixels);
    }

    /// <summary>Images of three sizes, in turn.</summary>
    public static List<Row> CreateRows(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new Row { Id = i, Image = CreateImage(i, 40 + (8 * (i % 3)), 24 + (4 * (i % 3))) })];

    internal sealed class Row
    {
        public int Id { get; set; }

        [ImageType(1, 1)]
        public MLImage? Image { get; set; }
    }

    internal sealed class Prediction
    {
        public int Id { get; set; }

        public VBuffer<byte> PredictedLabel { get; set; }

        public MLImage? PredictedMask { get; set; }
    }
}

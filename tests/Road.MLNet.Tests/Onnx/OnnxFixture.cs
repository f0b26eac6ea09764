using Road.Torch.Data;
using Road.Torch.Networks;
using Road.Torch.Weights;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.MLNet.Tests.Onnx;

/// <summary>Networks whose every weight matters to their masks, and images with structure.</summary>
internal static class OnnxFixture
{
    public const int Classes = 6;

    /// <summary>A network of the library's table with narrower hidden layers where it has wide ones.</summary>
    public static SegmentationNetworkFactory Factory(string name) => SegmentationNetworks.Get(name) switch
    {
        DilatedNetFactory factory => Narrow(factory),
        Fcn8sFactory factory => Narrow(factory),
        SegmentationNetworkFactory factory => factory,
    };

    /// <summary>
    /// Gives every weight, statistic and shift a value that is not its default, of a size that keeps the maps' values bounded
    /// on their way through the layers.
    /// </summary>
    public static SegmentationNetwork CreateNetwork(SegmentationNetworkFactory factory, int seed = 5)
    {
        SegmentationNetwork network = factory.Create(Classes);
        using Generator generator = new((ulong)seed, CPU);
        WeightInitialization.KaimingNormal(network, generator);
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        foreach (nn.Module module in network.modules())
        {
            if (module is BatchNorm2d norm)
            {
                norm.weight!.uniform_(0.3, 0.9, generator);
                norm.bias!.normal_(0, 0.3, generator);
                norm.running_mean!.normal_(0, 0.3, generator);
                norm.running_var!.uniform_(0.5, 2, generator);
            }
            else if (module is Convolution { bias: { } bias })
            {
                bias.normal_(0, 0.3, generator);
            }
        }

        network.FeatureScale.fill_(0.7);
        network.eval();
        Balance(network);
        return network;
    }

    /// <summary>Smooth waves with noise on them, of other values in each channel.</summary>
    public static DecodedSample CreateImage(int seed, int width, int height)
    {
        Random random = new(seed);
        double[] frequencies = [.. Enumerable.Range(0, 6).Select(_ => 0.02 + (0.1 * random.NextDouble()))];
        byte[] pixels = new byte[3 * width * height];
        for (int i = 0; i < pixels.Length; i++)
        {
            int channel = i % 3;
            int x = i / 3 % width;
            int y = i / 3 / width;
            double wave = Math.Sin((x * frequencies[channel]) + (y * frequencies[channel + 3]) + channel);
            pixels[i] = (byte)(128 + (90 * wave) + random.Next(-30, 31));
        }

        return new DecodedSample(width, height, pixels);
    }

    /// <summary>At most one pixel in 10,000 may differ, and in a small mask two: where two classes tie, rounding decides.</summary>
    public static void AssertAgree(IReadOnlyList<byte> expected, IReadOnlyList<byte> actual, TestContext context)
    {
        Assert.HasCount(expected.Count, actual);
        int different = expected.Zip(actual).Count(static pair => pair.First != pair.Second);
        context.WriteLine($"{different} of {expected.Count} pixels differ");
        Assert.IsLessThanOrEqualTo(Math.Max(2, expected.Count / 10_000), different);
    }

    /// <summary>Shifts the classes' scores to the same mean, so that a mask has several classes.</summary>
    private static void Balance(SegmentationNetwork network)
    {
        Conv2d classifier = network.named_modules()
            .Where(static module => !module.name.StartsWith("aux", StringComparison.Ordinal))
            .Select(static module => module.module).OfType<Conv2d>().Last(static convolution => convolution.out_channels == Classes);
        DecodedSample image = CreateImage(7, 80, 64);
        Tensor logits = network.call(InputNormalization.ImageNet.Apply(tensor(image.Pixels, [1, image.Height, image.Width, 3])));
        classifier.bias!.sub_(logits.mean([0, 2, 3]));
    }

    private static DilatedNetFactory Narrow(DilatedNetFactory factory)
    {
        factory.HiddenChannels = 32;
        return factory;
    }

    private static Fcn8sFactory Narrow(Fcn8sFactory factory)
    {
        factory.HiddenChannels = 32;
        factory.Pool4Scale = 0.5;
        factory.Pool3Scale = 0.25;
        return factory;
    }
}

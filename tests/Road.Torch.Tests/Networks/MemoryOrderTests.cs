using Road.Torch.Networks;
using Road.Torch.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Networks;

[TestClass]
public sealed class MemoryOrderTests
{
    [TestMethod]
    [DataRow("deeplab-squeezenet1_1", true)]
    [DataRow("pspnet-resnet18", true)]
    [DataRow("fcn8s-vgg16", false)]
    [DataRow("dilatednet-vgg16", false)]
    public void ImagesLieAsTheNetworkIsFastest(string name, bool channelsLast)
    {
        using DisposeScope scope = NewDisposeScope();
        using SegmentationNetwork network = SegmentationNetworks.Get(name).Create(3);

        Tensor images = network.Normalize(InputNormalization.ImageNet, zeros([1, 6, 4, 3], ScalarType.Byte));

        Assert.AreEqual(channelsLast, network.PrefersChannelsLast);
        Assert.AreEqual(channelsLast ? 1 : 24, images.stride(1));
    }

    [TestMethod]
    public void ANetworkOfOnesOwnGetsContiguousImages()
    {
        using DisposeScope scope = NewDisposeScope();
        using TinyNetwork network = new(3);

        Assert.IsTrue(network.Normalize(InputNormalization.ImageNet, zeros([1, 6, 4, 3], ScalarType.Byte)).is_contiguous());
    }

    [TestMethod]
    [DataRow("deeplab-squeezenet1_1")]
    [DataRow("deeplab-vgg16")]
    [DataRow("pspnet-resnet18")]
    public void LogitsDoNotDependOnTheOrder(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        using SegmentationNetwork network = SegmentationNetworks.Get(name).Create(3);
        using Generator generator = new(1, CPU);
        network.InitializeWeights(generator);
        network.eval();
        using (no_grad())
        {
            foreach (var parameter in network.parameters().Where(static parameter => parameter.dim() > 1))
            {
                parameter.normal_(0, Math.Sqrt(2.0 * parameter.shape[0] / parameter.numel()), generator);
            }
        }

        Tensor pixels = randint(0, 256, [2, 65, 49, 3], dtype: ScalarType.Byte, generator: generator);
        Tensor contiguous = network.call(InputNormalization.ImageNet.Apply(pixels));
        Tensor channelsLast = network.call(InputNormalization.ImageNet.Apply(pixels, channelsLast: true));

        double scale = contiguous.abs().max().item<float>();
        Assert.IsGreaterThan(0, scale);
        Assert.IsLessThan(1e-4 * scale, contiguous.sub(channelsLast).abs().max().item<float>());
    }

    [TestMethod]
    public void SplittingFeaturesKeepsValuesAndGradients()
    {
        using DisposeScope scope = NewDisposeScope();
        using Tensor map = arange(3 * 4 * 5 * 2, ScalarType.Float32).view(3, 4, 5, 2).permute(0, 3, 1, 2).requires_grad_();
        Tensor last = map.mul(map);
        last.retain_grad();

        (BackboneFeatures first, BackboneFeatures others) = new BackboneFeatures(last, map) { Skips = [map] }.Split(2);

        Assert.IsTrue(first.Last.eq(last.narrow(0, 0, 2)).all().item<bool>());
        Assert.IsTrue(others.Last.eq(last.narrow(0, 2, 1)).all().item<bool>());
        Assert.IsTrue(others.Intermediate!.eq(map.narrow(0, 2, 1)).all().item<bool>());
        Assert.IsTrue(first.Skips[0].eq(map.narrow(0, 0, 2)).all().item<bool>());
        first.Last.mul(first.Last).sum().add(others.Last.mul(others.Last).sum()).backward();
        Assert.IsTrue(last.grad!.eq(last.mul(2)).all().item<bool>());
    }

    [TestMethod]
    public void ABatchOfOnePartLeavesNothingForTheOther()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor map = ones(2, 3, 4, 4);

        (BackboneFeatures first, BackboneFeatures others) = new BackboneFeatures(map).Split(2);

        Assert.AreSame(map, first.Last);
        Assert.AreEqual(0, others.Last.shape[0]);
    }
}

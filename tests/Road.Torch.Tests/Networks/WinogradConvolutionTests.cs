using Road.Torch.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Networks;

[TestClass]
public sealed class WinogradConvolutionTests
{
    [TestMethod]
    public void OnesGiveTheNumberOfPixelsUnderTheFilter()
    {
        using DisposeScope scope = NewDisposeScope();
        using Conv2d layer = Layer(16, 16, 1);
        using (no_grad())
        {
            layer.weight.fill_(1);
            layer.bias!.fill_(0.5);
        }

        Tensor result = WinogradConvolution.Apply(layer, ones(1, 16, 5, 6));

        double[] row = [4, 6, 6, 6, 6, 4];
        double[] inner = [6, 9, 9, 9, 9, 6];
        double[] expected = [.. row, .. inner, .. inner, .. inner, .. row];
        TensorAssert.HasShape(result, 1, 16, 5, 6);
        foreach (long channel in new[] { 0L, 15L })
        {
            TensorAssert.AreClose(result[0, channel], 1e-3, [.. expected.Select(static count => (16 * count) + 0.5)]);
        }
    }

    [TestMethod]
    [DataRow(16, 32, 1, 4, 4, true)]
    [DataRow(32, 16, 1, 1, 1, true)]
    [DataRow(32, 48, 1, 9, 14, true)]
    [DataRow(16, 16, 2, 17, 23, false)]
    [DataRow(48, 16, 6, 31, 20, true)]
    [DataRow(16, 32, 24, 40, 70, true)]
    public void ItIsTheDirectConvolution(int inputs, int outputs, int dilation, int height, int width, bool bias)
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(7, CPU);
        using Conv2d layer = Layer(inputs, outputs, dilation, bias, generator);
        Tensor map = randn([1, inputs, height, width], generator: generator);

        Tensor result = WinogradConvolution.Apply(layer, ChannelsLast(map));

        Tensor exact = nn.functional.conv2d(
            map.to(ScalarType.Float64), layer.weight.to(ScalarType.Float64), layer.bias?.to(ScalarType.Float64), padding: [
                dilation, dilation], dilation: [dilation, dilation]);
        Assert.AreEqual(ScalarType.Float32, result.dtype);
        Assert.AreEqual(1, result.stride(1));
        TensorAssert.HasShape(result, exact.shape);
        Assert.IsLessThan(3e-5 * exact.abs().max().item<double>(), (result - exact).abs().max().item<double>());
    }

    [TestMethod]
    [DataRow(1, 1, 1)]
    [DataRow(9, 14, 1)]
    [DataRow(17, 23, 2)]
    [DataRow(40, 70, 24)]
    public void EveryOutputIsInOneTile(int height, int width, int dilation)
    {
        WinogradShape shape = new(height, width, dilation);
        int[,] tiles = new int[height, width];
        foreach ((int row, int column) in shape.Tiles())
        {
            for (int i = 0; i < 16; i++)
            {
                (int y, int x) = (row + (i / 4 * dilation), column + (i % 4 * dilation));
                if (y < height && x < width)
                {
                    tiles[y, x]++;
                }
            }
        }

        Assert.IsTrue(tiles.Cast<int>().All(static count => count == 1));
        Assert.AreEqual(shape.TileCount, shape.Tiles().Length);
    }

    [TestMethod]
    public void AMapLargerThanAStripIsPutTogether()
    {
        using TorchThreads threads = new(2);
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(7, CPU);
        using Conv2d layer = Layer(512, 512, 2, true, generator);
        Tensor map = ChannelsLast(randn([1, 512, 152, 152], generator: generator));

        Tensor result = WinogradConvolution.Apply(layer, map);

        Tensor direct = layer.call(map);
        Assert.IsLessThan(3e-5 * direct.abs().max().item<float>(), (result - direct).abs().max().item<float>());
        Assert.IsTrue(result.eq(WinogradConvolution.Apply(layer, map)).all().item<bool>(), "The same to the bit.");
    }

    [TestMethod]
    public void NothingIsLeftBehind()
    {
        using Conv2d layer = Layer(64, 64, 1);
        using Tensor map = ChannelsLast(ones(1, 64, 16, 16));
        WinogradConvolution.Apply(layer, map).Dispose();
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        for (int i = 0; i < 10; i++)
        {
            WinogradConvolution.Apply(layer, map).Dispose();
        }

        Assert.AreEqual(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [TestMethod]
    public void ItSuitsWideLayersOnLargeMapsInScoringAlone()
    {
        using DisposeScope scope = NewDisposeScope();
        using Conv2d wide = Layer(256, 256, 1);
        using Conv2d narrow = Layer(64, 64, 1);
        using Conv2d striding = BlankLayers.Conv2d(256, 256, 3, stride: 2, padding: 1);
        using Conv2d unpadded = BlankLayers.Conv2d(256, 256, 3);
        using Conv2d single = BlankLayers.Conv2d(256, 256, 1);
        Tensor map = ChannelsLast(zeros(1, 256, 128, 128));
        Assert.IsFalse(WinogradConvolution.Suits(wide, map), "A gradient may be asked for.");
        using IDisposable inference = inference_mode();

        Assert.IsTrue(WinogradConvolution.Suits(wide, map));
        foreach ((string reason, bool suits) in new[]
        {
            ("two images", WinogradConvolution.Suits(wide, ChannelsLast(zeros(2, 256, 128, 128)))),
            ("contiguous", WinogradConvolution.Suits(wide, zeros(1, 256, 128, 128))),
            ("small map", WinogradConvolution.Suits(wide, ChannelsLast(zeros(1, 256, 16, 16)))),
            ("bfloat16", WinogradConvolution.Suits(wide, map.to(ScalarType.BFloat16))),
            ("another device", WinogradConvolution.Suits(wide, map.to(META))),
            ("narrow layer", WinogradConvolution.Suits(narrow, ChannelsLast(zeros(1, 64, 128, 128)))),
            ("step of two", WinogradConvolution.Suits(striding, map)),
            ("no padding", WinogradConvolution.Suits(unpadded, map)),
            ("1x1", WinogradConvolution.Suits(single, map)),
        })
        {
            Assert.IsFalse(suits, reason);
        }
    }

    [TestMethod]
    [DataRow("deeplab-vgg16")]
    [DataRow("deeplab-resnet18")]
    public void AScoredImageGetsTheLogitsOfADirectPass(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(3, CPU);
        using SegmentationNetwork network = SegmentationNetworks.Get(name).Create(4);
        network.InitializeWeights(generator);
        network.eval();
        using IDisposable inference = inference_mode();
        foreach (Parameter parameter in network.parameters().Where(static parameter => parameter.dim() > 1))
        {
            parameter.normal_(0, Math.Sqrt(2.0 * parameter.shape[0] / parameter.numel()), generator);
        }

        Tensor image = ChannelsLast(randn([1, 3, 640, 640], generator: generator));
        Tensor scored = network.call(image);

        // Of two images none is a lone one, for which alone there is another way.
        Tensor direct = network.call(ChannelsLast(image.expand(2, -1, -1, -1)))[..1];
        double difference = (scored - direct).abs().max().item<float>();
        Assert.IsGreaterThan(0, difference, "Both went the same way.");
        Assert.IsLessThan(1e-4 * direct.abs().max().item<float>(), difference);
    }

    private static Conv2d Layer(int inputs, int outputs, int dilation, bool bias = true, Generator? generator = null)
    {
        Conv2d layer = BlankLayers.Conv2d(inputs, outputs, 3, padding: dilation, dilation: dilation, bias: bias);
        using IDisposable noGradient = no_grad();
        foreach (Parameter parameter in layer.parameters())
        {
            parameter.normal_(0, 0.1, generator!);
        }

        return layer;
    }

    private static Tensor ChannelsLast(Tensor map) => map.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
}

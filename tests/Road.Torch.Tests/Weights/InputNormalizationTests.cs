using Road.Torch.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Weights;

[TestClass]
public sealed class InputNormalizationTests
{
    // One image of two pixels: (255, 0, 51) and (102, 204, 153), in RGB.
    private static readonly byte[] Pixels = [255, 0, 51, 102, 204, 153];

    [TestMethod]
    public void RgbFromZeroToOne() => AssertInput(
        InputNormalization.ImageNet,
        (1 - 0.485) / 0.229,
        (0.4 - 0.485) / 0.229,
        (0 - 0.456) / 0.224,
        (0.8 - 0.456) / 0.224,
        (0.2 - 0.406) / 0.225,
        (0.6 - 0.406) / 0.225);

    [TestMethod]
    public void BgrFromZeroToTwoHundredFiftyFive() => AssertInput(
        new InputNormalization(ChannelOrder.Bgr, 255, [103.939, 116.779, 123.68], [1, 2, 4]),
        51 - 103.939,
        153 - 103.939,
        (0 - 116.779) / 2,
        (204 - 116.779) / 2,
        (255 - 123.68) / 4,
        (102 - 123.68) / 4);

    [TestMethod]
    public void RgbFromZeroToTwoHundredFiftyFive() =>
        AssertInput(new InputNormalization(ChannelOrder.Rgb, 255, [1, 2, 3], [1, 1, 1]), 254, 101, -2, 202, 48, 150);

    [TestMethod]
    public void BgrFromZeroToOne() =>
        AssertInput(new InputNormalization(ChannelOrder.Bgr, 1, [0, 0, 0.5], [1, 1, 0.5]), 0.2, 0.6, 0, 0.8, 1, -0.2);

    [TestMethod]
    [DataRow(ChannelOrder.Rgb)]
    [DataRow(ChannelOrder.Bgr)]
    public void ChannelsLastHoldsTheSameValuesInThePixelsOrder(ChannelOrder channels)
    {
        using DisposeScope scope = NewDisposeScope();
        InputNormalization normalization = new(channels, 1, [0.1, 0.2, 0.3], [1, 2, 3]);
        Tensor pixels = arange(2 * 4 * 5 * 3, ScalarType.Byte).view(2, 4, 5, 3);

        Tensor input = normalization.Apply(pixels, channelsLast: true);

        CollectionAssert.AreEqual(new long[] { 60, 1, 15, 3 }, input.stride());
        Assert.IsTrue(input.eq(normalization.Apply(pixels)).all().item<bool>());
    }

    [TestMethod]
    public void ImagesOfABatchKeepTheirPlaces()
    {
        using DisposeScope scope = NewDisposeScope();
        InputNormalization plain = new(ChannelOrder.Rgb, 255, [0, 0, 0], [1, 1, 1]);

        Tensor input = plain.Apply(arange(2 * 2 * 3 * 3, ScalarType.Byte).view(2, 2, 3, 3));

        TensorAssert.HasShape(input, 2, 3, 2, 3);
        Assert.AreEqual(ScalarType.Float32, input.dtype);
        Assert.IsTrue(input.is_contiguous());

        // Image 1, channel 2, row 1, column 0 lies at byte ((1 * 2 + 1) * 3 + 0) * 3 + 2.
        Assert.AreEqual(29f, input[1, 2, 1, 0].item<float>());
    }

    [TestMethod]
    public void TensorsOfAnotherShapeOrTypeAreRefused()
    {
        using DisposeScope scope = NewDisposeScope();
        StringAssert.Contains(Refused(zeros([2, 3, 8, 8], ScalarType.Byte)), "2 x 3 x 8 x 8");
        StringAssert.Contains(Refused(zeros([8, 8, 3], ScalarType.Byte)), "8 x 8 x 3");
        StringAssert.Contains(Refused(zeros(1, 8, 8, 3)), "Float32");

        static string Refused(Tensor pixels) =>
            Assert.ThrowsExactly<ArgumentException>(() => InputNormalization.ImageNet.Apply(pixels)).Message;
    }

    [TestMethod]
    public void ValuesOutOfRangeAreRefusedByName()
    {
        double[] three = [1, 1, 1];
        StringAssert.Contains(Refused(() => new((ChannelOrder)9, 1, three, three)), "Channels");
        StringAssert.Contains(Refused(() => new(ChannelOrder.Rgb, 2, three, three)), "Range must be 1 or 255, not 2");
        StringAssert.Contains(Refused(() => new(ChannelOrder.Rgb, 1, [1, 1], three)), "Mean");
        StringAssert.Contains(Refused(() => new(ChannelOrder.Rgb, 1, [1, 1, double.NaN], three)), "Mean");
        StringAssert.Contains(Refused(() => new(ChannelOrder.Rgb, 1, three, [1, 1, 0])), "StandardDeviation");
        StringAssert.Contains(Refused(() => new(ChannelOrder.Rgb, 1, three, [1, 1, 1, 1])), "StandardDeviation");

        static string Refused(Func<InputNormalization> make) => Assert.ThrowsExactly<ArgumentException>(make).Message;
    }

    private static void AssertInput(InputNormalization normalization, params double[] expected)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor input = normalization.Apply(tensor(Pixels, [1, 1, 2, 3]));
        TensorAssert.HasShape(input, 1, 3, 1, 2);
        TensorAssert.AreClose(input, 1e-5, expected);
    }
}

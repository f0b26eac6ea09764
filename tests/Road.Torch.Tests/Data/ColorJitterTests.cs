using Road.Torch.Data;

namespace Road.Torch.Tests.Data;

[TestClass]
public sealed class ColorJitterTests
{
    // Two pixels: (200, 100, 40), whose luminance is 123.06, and (10, 20, 30), whose luminance is 18.15.
    private static readonly byte[] Pixels = [200, 100, 40, 10, 20, 30];

    [TestMethod]
    [DataRow(1f, 1f, 1f, "200 100 40 10 20 30")]
    [DataRow(1.5f, 1f, 1f, "255 150 60 15 30 45")]
    [DataRow(0.25f, 1f, 1f, "50 25 10 3 5 8")]
    // The mean luminance is 70.605: 70.605 + 0.5 x (200 - 70.605) = 135.3.
    [DataRow(1f, 0.5f, 1f, "135 85 55 40 45 50")]
    [DataRow(1f, 1.5f, 1f, "255 115 25 0 0 10")]
    [DataRow(1f, 0f, 1f, "71 71 71 71 71 71")]
    // The first pixel's own luminance: 123.06 + 0.5 x (200 - 123.06) = 161.53.
    [DataRow(1f, 1f, 0.5f, "162 112 82 14 19 24")]
    [DataRow(1f, 1f, 0f, "123 123 123 18 18 18")]
    // Brightness 1.5 gives (255, 150, 60), luminance 171.135, and (15, 30, 45), luminance 27.225: the mean is 99.18.
    // Contrast 0.5 gives (177.09, 124.59, 79.59), luminance 135.1575, and (57.09, 64.59, 72.09), luminance 63.2025.
    [DataRow(1.5f, 0.5f, 0.5f, "156 130 107 60 64 68")]
    public void FactorsChangeColoursAsWorkedOutByHand(float brightness, float contrast, float saturation, string expected)
    {
        byte[] pixels = [.. Pixels];
        ColorJitter.Change(pixels, 2, new CropArea(0, 0, 2, 1), brightness, contrast, saturation);
        Assert.AreEqual(expected, string.Join(' ', pixels));
    }

    [TestMethod]
    public void OnlyTheAreaChangesAndOnlyItCounts()
    {
        byte[] pixels = [.. Enumerable.Repeat((byte)127, 4 * 4 * 3)];
        Pixels.CopyTo(pixels, ((2 * 4) + 1) * 3);
        ColorJitter.Change(pixels, 4, new CropArea(1, 2, 2, 1), 1, 0.5f, 1);
        Assert.AreEqual("135 85 55 40 45 50", string.Join(' ', pixels[27..33]));
        Assert.IsTrue(pixels[..27].Concat(pixels[33..]).All(value => value == 127));
    }

    [TestMethod]
    public void FactorsAreDrawnEvenlyAroundOne()
    {
        ColorJitter jitter = new(0.5, 0, 0);
        Random random = new(1);
        double[] factors = [.. Enumerable.Range(0, 1000).Select(_ =>
        {
            byte[] pixels = [100, 100, 100];
            jitter.Apply(pixels, 1, new CropArea(0, 0, 1, 1), random);
            return pixels[0] / 100.0;
        }).Order()];
        Assert.AreEqual(0.5, factors[0], 0.02);
        Assert.AreEqual(1, factors[500], 0.05);
        Assert.AreEqual(1.5, factors[^1], 0.02);
    }

    [TestMethod]
    [DataRow(-0.1, 0.0, 0.0, "brightness")]
    [DataRow(0.0, 1.1, 0.0, "contrast")]
    [DataRow(0.0, 0.0, double.NaN, "saturation")]
    public void AmountsOutOfRangeAreRefused(double brightness, double contrast, double saturation, string parameter)
    {
        ArgumentOutOfRangeException error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(
            () => new ColorJitter(brightness, contrast, saturation));
        Assert.AreEqual(parameter, error.ParamName);
        StringAssert.Contains(error.Message, "0 to 1");
    }
}

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
    // The hue of (200, 100, 40) is 60/160 of a sixth past red, that of (10, 20, 30) is half a sixth before blue.
    [DataRow(0, "200 100 40 10 20 30")]
    [DataRow(2, "40 200 100 30 10 20")]
    [DataRow(-2, "100 40 200 20 30 10")]
    [DataRow(1, "140 200 40 20 10 30")]
    [DataRow(3, "40 140 200 30 20 10")]
    [DataRow(-3, "40 140 200 30 20 10")]
    public void HuesTurnAsWorkedOutByHand(int sixths, string expected)
    {
        byte[] pixels = [.. Pixels, 90, 90, 90, 0, 0, 0, 255, 255, 255];
        ColorJitter.TurnHue(pixels, 5, new CropArea(0, 0, 4, 1), sixths / 6f);
        Assert.AreEqual(expected + " 90 90 90 0 0 0 255 255 255", string.Join(' ', pixels));
    }

    [TestMethod]
    public void HuesAreTurnedEvenlyAndLastOfAll()
    {
        // Red, turned by up to a twelfth, gains up to half of green or of blue.
        ColorJitter jitter = new(0, 0, 0, 1 / 12.0);
        Random random = new(1);
        double[] turns = [.. Enumerable.Range(0, 1000).Select(_ =>
        {
            byte[] pixels = [200, 0, 0];
            jitter.Apply(pixels, 1, new CropArea(0, 0, 1, 1), random);
            Assert.AreEqual(200, pixels[0]);
            return (pixels[1] - pixels[2]) / 200.0;
        }).Order()];
        Assert.AreEqual(-0.5, turns[0], 0.02);
        Assert.AreEqual(0, turns[500], 0.05);
        Assert.AreEqual(0.5, turns[^1], 0.02);

        byte[] both = [.. Pixels];
        new ColorJitter(0.5, 0.5, 0.5, 0.3).Apply(both, 2, new CropArea(0, 0, 2, 1), new Random(7));
        byte[] apart = [.. Pixels];
        Random same = new(7);
        new ColorJitter(0.5, 0.5, 0.5).Apply(apart, 2, new CropArea(0, 0, 2, 1), same);
        ColorJitter.TurnHue(apart, 2, new CropArea(0, 0, 2, 1), (float)(0.3 * ((2 * same.NextDouble()) - 1)));
        CollectionAssert.AreEqual(apart, both);
    }

    [TestMethod]
    public void AHueBeyondTheOppositeOneIsRefused()
    {
        ArgumentOutOfRangeException error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ColorJitter(0, 0, 0, 0.6));
        Assert.AreEqual("hue", error.ParamName);
        StringAssert.Contains(error.Message, "0 to 0.5");
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

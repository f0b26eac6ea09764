using Microsoft.ML.Data;
using Road.MLNet.Data;
using Road.Torch.Data;

namespace Road.MLNet.Tests.Data;

[TestClass]
public sealed class ImagePixelsTests
{
    [TestMethod]
    [DataRow(MLPixelFormat.Rgba32, "1 2 3 5 6 7")]
    [DataRow(MLPixelFormat.Bgra32, "3 2 1 7 6 5")]
    public void PixelsComeOutAsRgb(MLPixelFormat format, string expected)
    {
        using MLImage image = MLImage.CreateFromPixels(2, 1, format, [1, 2, 3, 255, 5, 6, 7, 255]);

        DecodedSample sample = ImagePixels.Decode(image, null);

        Assert.AreEqual((2, 1), (sample.Width, sample.Height));
        Assert.AreEqual(expected, string.Join(' ', sample.Pixels));
    }

    [TestMethod]
    [DataRow(MLPixelFormat.Rgba32)]
    [DataRow(MLPixelFormat.Bgra32)]
    public void EveryPixelOfAnImageOfAnyWidthComesOut(MLPixelFormat format)
    {
        Random random = new(1);
        for (int width = 1; width < 40; width++)
        {
            byte[] pixels = new byte[4 * 3 * width];
            random.NextBytes(pixels);
            using MLImage image = MLImage.CreateFromPixels(width, 3, format, pixels);

            byte[] actual = ImagePixels.Decode(image, null).Pixels;

            byte[] expected = [
                .. pixels.Chunk(4).SelectMany(pixel => format == MLPixelFormat.Rgba32 ? pixel[..3] : [pixel[2], pixel[1], pixel[0]])];
            CollectionAssert.AreEqual(expected, actual, $"width {width}");
        }
    }

    [TestMethod]
    public void DownscalingAveragesInsteadOfSkippingPixels()
    {
        // A checkerboard of single pixels: a filter that skips pixels would give black or white.
        byte[] pixels = new byte[64 * 64 * 4];
        for (int i = 0; i < 64 * 64; i++)
        {
            byte value = (byte)((((i % 64) + (i / 64)) % 2) * 200);
            pixels.AsSpan(4 * i, 3).Fill(value);
            pixels[(4 * i) + 3] = 255;
        }

        using MLImage image = MLImage.CreateFromPixels(64, 64, MLPixelFormat.Rgba32, pixels);

        DecodedSample sample = ImagePixels.Decode(image, new ImageSize(16, 8), ImageFit.Stretch);

        Assert.AreEqual((16, 8), (sample.Width, sample.Height));
        foreach (byte value in sample.Pixels)
        {
            Assert.AreEqual(100, value, 2.0);
        }
    }

    [TestMethod]
    public void LabelsAreResizedToTheNearestPixelsCentre()
    {
        byte[] labels = [1, 2, 3, 4];

        Assert.AreEqual("1 1 2 2 1 1 2 2 3 3 4 4 3 3 4 4", string.Join(' ', ImagePixels.ResizeLabels(labels, 2, 2, 4, 4)));
        Assert.AreEqual("2", string.Join(' ', ImagePixels.ResizeLabels([1, 2, 3], 3, 1, 1, 1)));
        Assert.AreEqual("1 2 3 4", string.Join(' ', ImagePixels.ResizeLabels(labels, 2, 2, 2, 2)));
    }
}

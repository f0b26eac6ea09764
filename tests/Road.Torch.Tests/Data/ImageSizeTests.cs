using Road.Torch.Data;

namespace Road.Torch.Tests.Data;

[TestClass]
public sealed class ImageSizeTests
{
    [TestMethod]
    [DataRow(2048, 1024, 1024, 512, 1024, 512)]
    [DataRow(3024, 4032, 1024, 512, 384, 512)]
    [DataRow(1914, 1052, 1280, 720, 1280, 704)]
    [DataRow(1000, 10, 100, 100, 100, 1)]
    [DataRow(10_000, 10, 100, 100, 100, 1)]
    [DataRow(1, 10_000, 64, 32, 1, 32)]
    [DataRow(30, 20, 90, 90, 90, 60)]
    [DataRow(4, 3, 2, 2, 2, 2)]
    [DataRow(65_535, 65_534, 65_535, 65_535, 65_535, 65_534)]
    public void TheLargestSizeInTheBoxKeepsTheAspectRatio(int width, int height, int boxWidth, int boxHeight, int newWidth, int newHeight)
    {
        ImageSize own = new(width, height);
        ImageSize box = new(boxWidth, boxHeight);
        Assert.AreEqual(new ImageSize(newWidth, newHeight), own.FitTo(box, ImageFit.KeepAspectRatio));
        Assert.AreEqual(box, own.FitTo(box, ImageFit.Stretch));
        Assert.AreEqual(
            new ImageSize(newHeight, newWidth), new ImageSize(height, width).FitTo(
                new ImageSize(boxHeight, boxWidth), ImageFit.KeepAspectRatio));
    }

    [TestMethod]
    public void SizesWithoutPixelsAreRefused()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ImageSize(0, 1).FitTo(new ImageSize(4, 4), ImageFit.KeepAspectRatio));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ImageSize(1, 1).FitTo(new ImageSize(4, -1), ImageFit.Stretch));
    }
}

using WebDemo.Segmentation;

namespace Road.WebDemo.Tests;

[TestClass]
public sealed class PictureTests
{
    // Greys of the quarters as they are seen: above left and right, below left and right.
    [TestMethod]
    [DataRow(1, new[] { 0, 80, 160, 240 })]
    [DataRow(2, new[] { 80, 0, 240, 160 })]
    [DataRow(3, new[] { 240, 160, 80, 0 })]
    [DataRow(4, new[] { 160, 240, 0, 80 })]
    [DataRow(5, new[] { 0, 160, 80, 240 })]
    [DataRow(6, new[] { 160, 0, 240, 80 })]
    [DataRow(7, new[] { 240, 80, 160, 0 })]
    [DataRow(8, new[] { 80, 240, 0, 160 })]
    public void APhotoStandsUpright(int orientation, int[] expected)
    {
        using Picture picture = Picture.Decode(TestPictures.Turned(48, 32, orientation), 10_000, 10_000);

        bool isTurned = orientation > 4;
        Assert.AreEqual(isTurned ? (32, 48) : (48, 32), (picture.Size.Width, picture.Size.Height));
        Assert.AreEqual(isTurned ? (32, 48) : (48, 32), (picture.Image.Width, picture.Image.Height));
        for (int i = 0; i < 4; i++)
        {
            int x = picture.Image.Width * (1 + (2 * (i % 2))) / 4;
            int y = picture.Image.Height * (1 + (2 * (i / 2))) / 4;
            Assert.AreEqual(expected[i], picture.Image.Pixels[4 * ((y * picture.Image.Width) + x)], 4.0, $"Quarter {i}");
        }
    }

    [TestMethod]
    [DataRow(SkiaSharp.SKEncodedImageFormat.Jpeg)]
    [DataRow(SkiaSharp.SKEncodedImageFormat.Png)]
    [DataRow(SkiaSharp.SKEncodedImageFormat.Webp)]
    public void TheNetworkSeesNoMoreThanItsPixels(SkiaSharp.SKEncodedImageFormat format)
    {
        using Picture picture = Picture.Decode(TestPictures.Quarters(400, 200, format), 100_000, 5000);

        Assert.AreEqual((400, 200), (picture.Size.Width, picture.Size.Height));
        Assert.AreEqual((100, 50), (picture.Image.Width, picture.Image.Height));
        Assert.AreEqual(240, picture.Image.Pixels[4 * ((40 * 100) + 80)], 4.0);
    }
}

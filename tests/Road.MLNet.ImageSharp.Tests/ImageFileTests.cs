using System.Text;
using Microsoft.ML.Data;

namespace Road.MLNet.ImageSharp.Tests;

/// <summary>Images of every kind have the colours that Pillow gives them.</summary>
[TestClass]
public sealed class ImageFileTests
{
    // Decoders of JPEG differ by rounding, as those of the 16 bits of a TIFF file's palette.
    private const int JpegTolerance = 3;

    public static IEnumerable<object[]> Files =>
        Fixtures.AddedImages.Concat(Fixtures.CommonImages).Select(static file => new object[] { file });

    [TestMethod]
    [DynamicData(nameof(Files))]
    public void ColoursAreThoseOfTheFile(string file)
    {
        byte[] expected = Fixtures.Colors(file);
        int tolerance = Path.GetExtension(file) == ".jpg" ? JpegTolerance : Path.GetFileName(file) == "palette.tif" ? 1 : 0;

        using MLImage image = MLImage.CreateFromFileWithImageSharp(file);
        using FileStream stream = File.OpenRead(file);
        using MLImage streamed = MLImage.CreateFromStreamWithImageSharp(stream);

        bool isTurned = Path.GetFileName(file).StartsWith("turned", StringComparison.Ordinal);
        Assert.AreEqual(
            isTurned ? (Fixtures.Height, Fixtures.Width) : (Fixtures.Width, Fixtures.Height), (image.Width, image.Height));
        Assert.AreEqual(MLPixelFormat.Bgra32, image.PixelFormat);
        byte[] colors = [.. Enumerable.Range(0, expected.Length).Select(i => image.Pixels[(i / 3 * 4) + 2 - (i % 3)])];
        int furthest = expected.Zip(colors, static (one, other) => Math.Abs(one - other)).Max();
        Assert.IsLessThanOrEqualTo(tolerance, furthest);
        Assert.IsTrue(image.Pixels.SequenceEqual(streamed.Pixels));
    }

    [TestMethod]
    [DataRow("rgb24.bmp")]
    [DataRow("grey-indexed.bmp")]
    public void EitherDecoderGivesTheSame(string name)
    {
        string file = Fixtures.CommonImages.Single(path => Path.GetFileName(path) == name);

        using MLImage skia = MLImage.CreateFromFileWithImageSharp(file);
        using MLImage image = MLImage.CreateFromFileWithImageSharp(file, new ImageSharpOptions { Formats = ImageSharpFormats.All });

        Assert.IsTrue(skia.Pixels.SequenceEqual(image.Pixels));
    }

    [TestMethod]
    [DataRow("P2 3 1\n10\n0 5 #five\n10", 0, 128, 255)]
    [DataRow("P2\n3 1 1000 0 500 1000\n", 0, 128, 255)]
    [DataRow("P1 3 1\n101\n", 0, 255, 0)]
    [DataRow("P5 3 1 300\n\0\0\0\u0096\u0001\u002C", 0, 128, 255)]
    [DataRow("P4 3 1\n\u00BF", 0, 255, 0)]
    public void TheLargestValueIsWhite(string text, int first, int second, int third)
    {
        using MLImage image = MLImage.CreateFromStreamWithImageSharp(new MemoryStream(Encoding.Latin1.GetBytes(text)));

        CollectionAssert.AreEqual(
            new[] { first, second, third }, Enumerable.Range(0, 3).Select(i => (int)image.Pixels[(4 * i) + 1]).ToArray());
    }

    [TestMethod]
    public void APageStaysAsItIsStoredWhereThatIsWanted()
    {
        using MLImage stored = MLImage.CreateFromFileWithImageSharp(
            Fixtures.Image("turned.tif"), new ImageSharpOptions { Orientation = ImageOrientation.AsStored });
        using MLImage plain = MLImage.CreateFromFileWithImageSharp(Fixtures.Image("plain.tif"));

        Assert.IsTrue(plain.Pixels.SequenceEqual(stored.Pixels));
    }
}

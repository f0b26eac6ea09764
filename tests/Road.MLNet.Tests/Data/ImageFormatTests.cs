using Road.Torch.Data;

namespace Road.MLNet.Tests.Data;

/// <summary>Images of every kind have the colours that Pillow gives them (tests/fixtures/images/make.py).</summary>
[TestClass]
public sealed class ImageFormatTests
{
    // Decoders of JPEG differ by rounding.
    private const int JpegTolerance = 3;

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "fixtures", "images");

    public static IEnumerable<object[]> Files =>
        from way in RowReading.Ways
        from file in Directory.GetFiles(Folder)
        where Path.GetExtension(file) is not (".rgb" or ".py")
        select new object[] { way, Path.GetFileName(file) };

    [TestMethod]
    [DynamicData(nameof(Files))]
    public void ColoursAreThoseOfTheFile(string way, string name)
    {
        byte[] expected = File.ReadAllBytes(Path.Combine(Folder, Path.ChangeExtension(name, ".rgb")));
        int tolerance = Path.GetExtension(name) == ".jpg" ? JpegTolerance : 0;

        DecodedSample read = RowReading.Read(way, Path.Combine(Folder, name));

        Assert.AreEqual((40, 24), (read.Width, read.Height));
        int furthest = expected.Zip(read.Pixels, static (one, other) => Math.Abs(one - other)).Max();
        Assert.IsLessThanOrEqualTo(tolerance, furthest);
    }
}

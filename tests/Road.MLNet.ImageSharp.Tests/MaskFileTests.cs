using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet.Data;
using Road.MLNet.Tests.Data;

namespace Road.MLNet.ImageSharp.Tests;

/// <summary>Masks of every kind hold the ids that were drawn.</summary>
[TestClass]
public sealed class MaskFileTests
{
    private static readonly MLContext ML = new(1);
    private static readonly LabelEncoding Five = LabelEncoding.FromIds(["a", "b", "c", "d", "e"]);

    public static IEnumerable<object[]> Files => Fixtures.Masks.Select(static file => new object[] { file });

    [TestMethod]
    [DynamicData(nameof(Files))]
    public void IdsAreThoseThatWereDrawn(string file)
    {
        string kind = Path.GetFileNameWithoutExtension(file);
        byte[] ids = File.ReadAllBytes(Fixtures.Mask(kind is "bits" or "few" or "filled" ? kind + ".ids" : "masks.ids"));

        (byte[] keys, int[] size) = Load(file, Five);

        CollectionAssert.AreEqual(ids.Select(static id => (byte)(id == 255 ? 0 : id + 1)).ToArray(), keys);
        CollectionAssert.AreEqual(new[] { Fixtures.Width, Fixtures.Height }, size);
    }

    [TestMethod]
    [DataRow("indexed.bmp")]
    [DataRow("indexed.tif")]
    public void APaletteGivesColoursToo(string name)
    {
        // What make.py gives the third class.
        LabelEncoding colors = LabelEncoding.FromColors(
            ["third", "other"], new Dictionary<RgbColor, int> { [new RgbColor(74, 182, 2)] = 0, [new RgbColor(0, 0, 0)] = 1 });
        byte[] ids = File.ReadAllBytes(Fixtures.Mask("masks.ids"));

        (byte[] keys, _) = Load(Fixtures.Mask(name), colors);

        CollectionAssert.AreEqual(ids.Select(static id => (byte)(id switch { 2 => 1, 0 => 2, _ => 0 })).ToArray(), keys);
    }

    [TestMethod]
    public void ColoursOfOtherKindsAreFound()
    {
        byte[] rgb = Fixtures.Colors(Fixtures.Image("color.ppm"));
        RgbColor last = new(rgb[^3], rgb[^2], rgb[^1]);
        LabelEncoding colors = LabelEncoding.FromColors(["last", "other"], new Dictionary<RgbColor, int> { [last] = 0, [default] = 1 });
        using TemporaryFolder folder = new();
        string text = folder.Write("plain.ppm", "P3 # text\n2 1\n# a comment\n255\n" + $"{last.Red} {last.Green} {last.Blue}\n9 9 9\n");
        string deep = folder.Write("deep.ppm", $"P3 1 1 65535 {last.Red * 257} {last.Green * 257} {last.Blue * 257}");

        foreach (string name in (string[])["color.ppm", "plain.tga", "runs.tga", "lzw.tif"])
        {
            (byte[] keys, _) = Load(Fixtures.Image(name), colors);
            Assert.AreEqual(1, keys[^1], name);
            Assert.AreEqual(2, keys[0], name);
            Assert.AreEqual(0, keys[1], name);
        }

        CollectionAssert.AreEqual(new byte[] { 1, 0 }, Load(text, colors).Keys);
        CollectionAssert.AreEqual(new byte[] { 1 }, Load(deep, colors).Keys);
    }

    [TestMethod]
    public void WhatHoldsNoLabelsIsRefusedByName()
    {
        using TemporaryFolder folder = new();
        byte[] indexed = File.ReadAllBytes(Fixtures.Mask("indexed.bmp"));

        // The colour of index 1 is given to index 3.
        indexed.AsSpan(54 + 4, 4).CopyTo(indexed.AsSpan(54 + 12, 4));
        Refuses(folder.Write("twice.bmp", indexed), "its palette does not tell indices by their colours: (37, 91, 1)");
        Refuses(folder.Write("photo.jpg", PictureFile.Photo(1, 8, 8)), "it is not a PNG file but a JPEG file");
        Refuses(folder.Write("text.tif", "<html>"), "it is not a PNG file");
        Refuses(folder.Write("cut.bmp", indexed[..^1]), "is cut off");
        Refuses(Fixtures.Image("plain.tif"), "is in RGB, but ids are expected");
        Refuses(Fixtures.Mask("grey.tif"), "its size of 40 x 24 is 960 pixels, more than the limit of 959", maxPixels: 959);
    }

    [TestMethod]
    public void RowsWithoutAMaskMayBeAllowed()
    {
        IDataView paths = View("");

        Assert.IsEmpty(Keys(ML.Transforms.LoadLabelMasksWithImageSharp("Label", null, "Path", Five, allowsMissing: true), paths)[0]);
        StringAssert.Contains(
            Assert.Throws<InvalidDataException>(() => Keys(ML.Transforms.LoadLabelMasksWithImageSharp("Label", null, "Path", Five), paths))
                .Message,
            "Column 'Label', row 0: the column 'Path' names no label mask.");
    }

    [TestMethod]
    public void ASavedLoaderReadsTheSame()
    {
        using TemporaryFolder folder = new();
        IDataView paths = View("lzw.tif", "grey.png");
        LabelMaskLoadingTransformer loader = ML.Transforms
            .LoadLabelMasksWithImageSharp("Label", Path.GetDirectoryName(Fixtures.Mask("x"))!, "Path", Five, maxPixels: 960).Fit(paths);

        ML.Model.Save(loader, paths.Schema, folder["loader.zip"]);
        var loaded = (LabelMaskLoadingTransformer)new MLContext().Model.LoadVerified(folder["loader.zip"], out _);

        Assert.AreEqual(960, loaded.MaxPixels);
        byte[][] before = Keys(loader, paths);
        byte[][] after = Keys(loaded, paths);
        CollectionAssert.AreEqual(before[0], after[0]);
        CollectionAssert.AreEqual(before[1], after[0]);
    }

    private static (byte[] Keys, int[] Size) Load(string path, LabelEncoding encoding)
    {
        IDataView paths = View(path);
        IDataView masks = ML.Transforms.LoadLabelMasksWithImageSharp("Label", null, "Path", encoding).Fit(paths).Transform(paths);
        VBuffer<int> size = masks.GetColumn<VBuffer<int>>("LabelSize").Single();
        return (masks.GetColumn<VBuffer<byte>>("Label").Single().DenseValues().ToArray(), size.DenseValues().ToArray());
    }

    private static byte[][] Keys(LabelMaskLoadingEstimator loader, IDataView paths) => Keys(loader.Fit(paths), paths);

    private static byte[][] Keys(LabelMaskLoadingTransformer loader, IDataView paths) =>
        [.. loader.Transform(paths).GetColumn<VBuffer<byte>>("Label").Select(static keys => keys.DenseValues().ToArray())];

    private static void Refuses(string path, string message, int maxPixels = 1 << 20)
    {
        IDataView paths = View(path);
        LabelMaskLoadingEstimator loader = ML.Transforms.LoadLabelMasksWithImageSharp("Label", null, "Path", Five, maxPixels);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => Keys(loader, paths));
        StringAssert.Contains(error.Message, message);
        StringAssert.Contains(error.Message, "Column 'Label', row 0: ");
        StringAssert.Contains(error.Message, path);
    }

    private static IDataView View(params string[] paths) =>
        ML.Data.LoadFromEnumerable(paths.Select(static path => new Row { Path = path }));

    private sealed class Row
    {
        public string Path { get; set; } = string.Empty;
    }
}

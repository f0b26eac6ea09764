using Road.MLNet.Data;
using Road.MLNet.Tests.Data;

namespace Road.MLNet.Tests;

[TestClass]
public sealed class LabelEncodingTests
{
    private static readonly string[] Names = ["road", "sky", "rain"];

    [TestMethod]
    public void IdsAreClassesAndOtherValuesAreIgnored() =>
        AssertDecodes(LabelEncoding.FromIds(Names), PngWriter.Write(5, 1, [0, 1, 2, 3, 255]), 0, 1, 2, 255, 255);

    [TestMethod]
    public void PaletteIndicesCountAndNotTheirColours() =>
        AssertDecodes(
            LabelEncoding.FromIds(Names),
            PngWriter.Write(4, 1, [2, 0, 1, 3], colorType: 3, palette: [1, 1, 1, 0, 0, 0, 0, 0, 0, 2, 2, 2]),
            2, 0, 1, 255);

    [TestMethod]
    public void IdMapReachesSixteenBits()
    {
        LabelEncoding encoding = LabelEncoding.FromIdMap(Names, new Dictionary<int, int> { [7] = 0, [65535] = 1, [300] = 2, [8] = 0 });
        byte[] file = new PngWriter { Width = 6, Height = 1, BitDepth = 16 }.Encode([7, 8, 300, 65535, 0, 301]);
        AssertDecodes(encoding, file, 0, 0, 2, 1, 255, 255);
    }

    [TestMethod]
    public void RedChannelHoldsTheIdsWhereTheEncodingSaysSo()
    {
        LabelEncoding encoding = LabelEncoding.FromIdMap(Names, new Dictionary<int, int> { [3] = 1, [258] = 2 }, channel: LabelChannel.Red);
        byte[] rgb = new PngWriter { Width = 3, Height = 1, ColorType = 2, BitDepth = 16 }.Encode([3, 258, 0, 258, 3, 3, 0, 3, 3]);
        AssertDecodes(encoding, rgb, 1, 2, 255);

        LabelEncoding blue = LabelEncoding.FromIds(Names, channel: LabelChannel.Blue);
        AssertDecodes(blue, PngWriter.Write(2, 1, [9, 9, 1, 255, 9, 9, 2, 0], colorType: 6), 1, 2);
        AssertDecodes(blue, PngWriter.Write(2, 1, [1, 2]), 1, 2);
    }

    [TestMethod]
    public void RgbMaskIsRefusedWhereIdsAreExpected()
    {
        InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(
            () => Decode(LabelEncoding.FromIds(Names), PngWriter.Write(1, 1, [1, 1, 1], colorType: 2)));
        StringAssert.StartsWith(error.Message, "The label mask 'mask.png' is in RGB", StringComparison.Ordinal);

        error = Assert.ThrowsExactly<InvalidDataException>(() => Decode(
            LabelEncoding.FromIds(Names, channel: LabelChannel.Red), PngWriter.Write(1, 1, [0], colorType: 3, palette: [1, 2, 3])));
        StringAssert.Contains(error.Message, "is a palette image", StringComparison.Ordinal);
    }

    [TestMethod]
    public void ColoursAreClassesInMasksOfEveryForm()
    {
        LabelEncoding encoding = LabelEncoding.FromColors(Names, new Dictionary<RgbColor, int>
        {
            [new(128, 64, 128)] = 0,
            [new(0, 0, 0)] = 2,
            [new(85, 85, 85)] = 1,
        });

        byte[] rgb = [128, 64, 128, 128, 64, 128, 0, 0, 0, 1, 2, 3, 85, 85, 85];
        AssertDecodes(encoding, PngWriter.Write(5, 1, rgb, colorType: 2), 0, 0, 2, 255, 1);
        AssertDecodes(
            encoding, new PngWriter { Width = 2, Height = 1, ColorType = 2, BitDepth = 16 }.Encode(
                [128 * 257, 64 * 257, 128 * 257, 1, 0, 0]), 0, 255);
        AssertDecodes(encoding, PngWriter.Write(3, 1, [1, 0, 2], colorType: 3, palette: [128, 64, 128, 85, 85, 85]), 1, 0, 255);
        AssertDecodes(encoding, new PngWriter { Width = 4, Height = 1, BitDepth = 2 }.Encode([0, 1, 2, 3]), 2, 1, 255, 255);
        AssertDecodes(encoding, new PngWriter { Width = 2, Height = 1, BitDepth = 16 }.Encode([85 * 257, 85]), 1, 255);
    }

    [TestMethod]
    public void OneClassMayHaveEveryValueThatNoOtherClassHas()
    {
        AssertDecodes(LabelEncoding.FromIds(Names).WithOthers("rain"), PngWriter.Write(5, 1, [0, 1, 2, 3, 255]), 0, 1, 2, 2, 2);
        byte[] wide = new PngWriter { Width = 3, Height = 1, BitDepth = 16 }.Encode([7, 300, 65535]);
        AssertDecodes(LabelEncoding.FromIdMap(Names, new Dictionary<int, int> { [7] = 1 }).WithOthers("road"), wide, 1, 0, 0);

        LabelEncoding colors = LabelEncoding.FromColors(
            Names, new Dictionary<RgbColor, int> { [new(128, 64, 128)] = 0 }).WithOthers("rain");
        AssertDecodes(colors, PngWriter.Write(3, 1, [128, 64, 128, 0, 0, 0, 9, 9, 9], colorType: 2), 0, 2, 2);
        AssertDecodes(colors, PngWriter.Write(2, 1, [1, 0], colorType: 3, palette: [128, 64, 128, 85, 85, 85]), 2, 0);
        AssertDecodes(
            colors, new PngWriter { Width = 2, Height = 1, ColorType = 2, BitDepth = 16 }.Encode(
                [128 * 257, 64 * 257, 128 * 257, 1, 0, 0]), 0, 2);
        AssertDecodes(colors, new PngWriter { Width = 1, Height = 1, BitDepth = 16 }.Encode([85]), 2);
    }

    [TestMethod]
    public void AClassesFileMayGiveOneClassAllOtherValues()
    {
        using var folder = new TemporaryFolder();
        LabelEncoding ids = LabelEncoding.FromJsonFile(folder.Write(
            "ids.json", """{"classes": [{"name": "rest", "ids": "others"}, {"name": "lane", "ids": [255]}]}"""));
        AssertDecodes(ids, PngWriter.Write(4, 1, [0, 1, 254, 255]), 0, 0, 0, 1);

        LabelEncoding colors = LabelEncoding.FromJsonFile(folder.Write(
            "colors.json", """{"classes": [{"name": "lane", "maskColors": [[255, 0, 0]]}, {"name": "rest", "maskColors": "others"}]}"""));
        AssertDecodes(colors, PngWriter.Write(2, 1, [255, 0, 0, 0, 255, 0], colorType: 2), 0, 1);
    }

    [TestMethod]
    public void OnlyOneKnownClassMayHaveAllOtherValues()
    {
        AssertRefused(
            "className", "There is no class 'snow'; there are road, sky, rain.", () => LabelEncoding.FromIds(Names).WithOthers("snow"));
        LabelEncoding single = LabelEncoding.FromIdMap(Names, new Dictionary<int, int> { [7] = 0 });
        AssertRefused("className", "No class but 'road' has a value", () => single.WithOthers("road"));
        Assert.ThrowsExactly<InvalidOperationException>(() => single.WithOthers("sky").WithOthers("rain"));
    }

    [TestMethod]
    public void DefaultColoursAreTheStreetsAndDistinct()
    {
        LabelEncoding encoding = LabelEncoding.FromIds(Names);
        Assert.AreEqual(new RgbColor(128, 64, 128), encoding.ClassColors[0]);
        Assert.AreEqual(new RgbColor(70, 130, 180), encoding.ClassColors[1]);

        string[] many = ["road", "tree", "vegetation", .. Enumerable.Range(0, 251).Select(i => $"class {i}")];
        IReadOnlyList<RgbColor> colors = LabelEncoding.FromIds(many).ClassColors;
        Assert.HasCount(254, colors.Distinct().ToArray());
        Assert.DoesNotContain(default(RgbColor), colors);
    }

    [TestMethod]
    public void ColourMapGivesTheColoursThatMasksAreShownIn()
    {
        LabelEncoding encoding = LabelEncoding.FromColors(Names, new Dictionary<RgbColor, int> { [new(9, 9, 9)] = 2, [new(8, 8, 8)] = 2 });
        Assert.AreEqual(new RgbColor(9, 9, 9), encoding.ClassColors[2]);
        Assert.AreEqual(new RgbColor(128, 64, 128), encoding.ClassColors[0]);
    }

    [TestMethod]
    public void WrongArgumentsAreNamed()
    {
        AssertRefused("classNames", "2 to 254 classes, not 1", () => LabelEncoding.FromIds(["road"]));
        AssertRefused(
            "classNames", "2 to 254 classes, not 255", () => LabelEncoding.FromIds([.. Enumerable.Range(0, 255).Select(i => $"{i}")]));
        AssertRefused("classNames", "two classes named 'sky'", () => LabelEncoding.FromIds(["sky", "sky"]));
        AssertRefused("classNames", "class 1 is empty", () => LabelEncoding.FromIds(["sky", " "]));
        AssertRefused("colors", "3 classes but 1 colours", () => LabelEncoding.FromIds(Names, [default]));
        AssertRefused("channel", "not 9", () => LabelEncoding.FromIds(Names, channel: (LabelChannel)9));
        AssertRefused("idToClass", "0 to 65535, not -1", () => LabelEncoding.FromIdMap(Names, new Dictionary<int, int> { [-1] = 0 }));
        AssertRefused(
            "idToClass", "pixel value 4 must have a class of 0 to 2, not 3", () => LabelEncoding.FromIdMap(
                Names, new Dictionary<int, int> { [4] = 3 }));
        AssertRefused("idToClass", "map is empty", () => LabelEncoding.FromIdMap(Names, new Dictionary<int, int>()));
        AssertRefused(
            "colorToClass", "(1, 2, 3) must have a class of 0 to 2, not -1", () => LabelEncoding.FromColors(
                Names, new Dictionary<RgbColor, int> { [new(1, 2, 3)] = -1 }));
    }

    [TestMethod]
    public void ClassesFileIsRead()
    {
        using var folder = new TemporaryFolder();
        LabelEncoding encoding = LabelEncoding.FromJsonFile(folder.Write("classes.json", """
            {"classes": [
              {"name": "sky", "color": [1, 2, 3], "ids": [0]},
              {"name": "road", "ids": [3, 4]}, // pavement too
            ]}
            """));

        Assert.AreEqual("sky, road", string.Join(", ", encoding.ClassNames));
        CollectionAssert.AreEqual(new RgbColor[] { new(1, 2, 3), new(128, 64, 128) }, encoding.ClassColors.ToArray());
        AssertDecodes(encoding, PngWriter.Write(6, 1, [0, 1, 2, 3, 4, 5]), 0, 255, 255, 1, 1, 255);
    }

    [TestMethod]
    [DataRow("""[]""", "could not be converted")]
    [DataRow("""{"classes": [}""", "invalid start of a value")]
    [DataRow("""{}""", "\"classes\" is missing")]
    [DataRow("""{"classes": [{"name": "a", "ids": [0]}]}""", "2 to 254 classes, not 1")]
    [DataRow("""{"classes": [{"name": "a", "ids": [0]}, null]}""", "Class 1 is null")]
    [DataRow("""{"classes": [{"name": "a", "ids": [0]}, {"ids": [1]}]}""", "The name of class 1 is empty")]
    [DataRow("""{"classes": [{"name": "a", "ids": [0]}, {"name": "b"}]}""", "Class 'b' must have either \"ids\"")]
    [DataRow(
        """{"classes": [{"name": "a", "ids": [0]}, {"name": "b", "ids": ["1"]}]}""",
        "Class 'b' has [\"1\"] as \"ids\"; it must be a list of whole numbers, 0 to 65535, or \"others\"")]
    [DataRow("""{"classes": [{"name": "a", "ids": [0]}, {"name": "b", "ids": "other"}]}""", "Class 'b' has \"other\" as \"ids\"")]
    [DataRow(
        """{"classes": [{"name": "a", "ids": [0]}, {"name": "b", "ids": "others"}, {"name": "c", "ids": "others"}]}""",
        "Classes 'b' and 'c' both have \"others\"; only one can")]
    [DataRow("""{"classes": [{"name": "a", "ids": "others"}, {"name": "b", "ids": []}]}""", "No class has an id")]
    [DataRow(
        """{"classes": [{"name": "a", "ids": [0]}, {"name": "b", "maskColors": "others"}]}""",
        "Some classes have \"ids\" and others \"maskColors\"")]
    [DataRow(
        """{"classes": [{"name": "a", "maskColors": [[0, 0, 0]]}, {"name": "b", "maskColors": [[1, "2", 3]]}]}""",
        "Class 'b' has [[1, \"2\", 3]] as \"maskColors\"")]
    [DataRow("""{"classes": [{"name": "a", "ids": [0]}, {"name": "b", "ids": [0]}]}""", "Classes 'a' and 'b' both have 0")]
    [DataRow("""{"classes": [{"name": "a", "ids": [0]}, {"name": "b", "ids": [70000]}]}""", "Class 'b' has the id 70000")]
    [DataRow("""{"classes": [{"name": "a", "ids": []}, {"name": "b", "ids": []}]}""", "No class has an id")]
    [DataRow(
        """{"classes": [{"name": "a", "ids": [0]}, {"name": "b", "ids": [1], "color": [1, 2]}]}""", "Class 'b' has a colour of [1, 2]")]
    [DataRow(
        """{"classes": [{"name": "a", "ids": [0]}, {"name": "b", "ids": [1], "color": [1, 2, 256]}]}""",
        "Class 'b' has a colour of [1, 2, 256]")]
    [DataRow("""{"channel": "alpha", "classes": [{"name": "a", "ids": [0]}, {"name": "b", "ids": [1]}]}""", "not \"alpha\"")]
    [DataRow("""{"bits": 12, "classes": [{"name": "a", "ids": [0]}, {"name": "b", "ids": [1]}]}""", "\"bits\" must be 8 or 16, not 12")]
    [DataRow(
        """{"chanel": "red", "classes": [{"name": "a", "ids": [0]}, {"name": "b", "ids": [1]}]}""",
        "no property 'chanel' beside \"classes\"; did you mean 'channel'? Possible are classes, channel, bits.")]
    [DataRow(
        """{"ignore": 255, "classes": [{"name": "a", "ids": [0]}, {"name": "b", "ids": [1]}]}""",
        "no property 'ignore' beside \"classes\". Possible are")]
    [DataRow("""{"\ud800": 1, "classes": []}""", "could not be converted")]
    [DataRow("""{"Classes": []}""", "no property 'Classes' beside \"classes\"; did you mean 'classes'?")]
    [DataRow(
        """{"classes": [{"name": "a", "ids": [0]}, {"name": "b", "colour": [1, 2, 3], "ids": [1]}]}""",
        "no property 'colour' in class 1, 'b'; did you mean 'color'? Possible are name, color, ids, maskColors.")]
    [DataRow(
        """{"classes": [{"nmae": "a", "ids": [0]}, {"name": "b", "ids": [1]}]}""", "no property 'nmae' in class 0; did you mean 'name'?")]
    public void FaultyClassesFileIsNamedWithItsFault(string json, string expected)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("classes.json", json);
        InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(() => LabelEncoding.FromJsonFile(path));
        StringAssert.StartsWith(error.Message, $"Cannot read the classes file '{path}': ", StringComparison.Ordinal);
        StringAssert.Contains(error.Message, expected, StringComparison.Ordinal);
    }

    [TestMethod]
    public void TextThatIsNoTextIsNamedAsSuch()
    {
        (byte[] Text, string Expected)[] faults = [([.. "\\ud800"u8], "has \"\\ud800\" as"), ([0xFF], "has text that is not UTF-8 as")];
        foreach ((byte[] text, string expected) in faults)
        {
            byte[] json = [.. "{\"classes\": [{\"name\": \"a\", \"ids\": [0]}, {\"name\": \"b\", \"ids\": \""u8, .. text, .. "\"}]}"u8];
            Exception error = Assert.ThrowsExactly<InvalidDataException>(() => LabelEncodingJson.Parse(json).ToEncoding());
            StringAssert.Contains(error.Message, expected, StringComparison.Ordinal);
        }
    }

    [TestMethod]
    public void JsonKeepsEverything()
    {
        LabelEncoding[] encodings =
        [
            LabelEncoding.FromIds(Names, [new(1, 2, 3), new(4, 5, 6), new(4, 5, 6)]),
            LabelEncoding.FromIdMap(Names, new Dictionary<int, int> { [7] = 1, [70] = 1 }, channel: LabelChannel.Green),
            LabelEncoding.FromColors(Names, new Dictionary<RgbColor, int> { [new(1, 1, 1)] = 2, [new(0, 0, 0)] = 2 }),
            LabelEncoding.Synthia,
            LabelEncoding.FromIds(Names).WithOthers("sky"),
            LabelEncoding.FromColors(Names, new Dictionary<RgbColor, int> { [new(1, 1, 1)] = 2 }).WithOthers("road"),
        ];
        foreach (LabelEncoding encoding in encodings)
        {
            byte[] json = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(LabelEncodingJson.FromEncoding(encoding));
            LabelEncoding read = LabelEncodingJson.Parse(json).ToEncoding();

            CollectionAssert.AreEqual(encoding.ClassNames.ToArray(), read.ClassNames.ToArray());
            CollectionAssert.AreEqual(encoding.ClassColors.ToArray(), read.ClassColors.ToArray());
            Assert.AreEqual(encoding.Channel, read.Channel);
            Assert.AreEqual(encoding.SampleBits, read.SampleBits);
            Assert.AreEqual(encoding.OthersClass, read.OthersClass);
            CollectionAssert.AreEqual(encoding.IdToClass?.ToArray(), read.IdToClass?.ToArray());
            CollectionAssert.AreEqual(encoding.ColorToClass?.ToArray(), read.ColorToClass?.ToArray());
        }
    }

    private static void AssertRefused(string parameter, string expected, Action action)
    {
        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(action);
        Assert.AreEqual(parameter, error.ParamName);
        StringAssert.Contains(error.Message, expected, StringComparison.Ordinal);
    }

    private static void AssertDecodes(LabelEncoding encoding, byte[] file, params byte[] expected) =>
        CollectionAssert.AreEqual(expected, Decode(encoding, file));

    private static byte[] Decode(LabelEncoding encoding, byte[] file)
    {
        LabelPng png = LabelPngReader.Decode([.. file], file.Length, "mask.png");
        var classes = new byte[png.Width * png.Height];
        encoding.Decode(png, "mask.png", classes);
        return classes;
    }
}

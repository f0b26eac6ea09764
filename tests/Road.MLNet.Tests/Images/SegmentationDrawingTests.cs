using Microsoft.ML.Data;
using Road.MLNet.Tests.Data;
using SkiaSharp;

namespace Road.MLNet.Tests.Images;

[TestClass]
public sealed class SegmentationDrawingTests
{
    private const string Black = "0 0 0";
    private const string White = "255 255 255";

    // Of keys 1 and 2.
    private static readonly RgbColor[] Colors = [new(200, 100, 0), new(0, 50, 250)];

    [TestMethod]
    public void AMaskIsPaintedInItsClassesColours()
    {
        using MLImage picture = SegmentationDrawing.Paint(new LabelMask([1, 2, 0, 1, 1, 2], 3, 2), Colors);

        Assert.AreEqual((3, 2, MLPixelFormat.Rgba32), (picture.Width, picture.Height, picture.PixelFormat));
        Assert.AreEqual($"200 100 0|0 50 250|{Black}|200 100 0|200 100 0|0 50 250", Text(picture));
    }

    [TestMethod]
    [DataRow(MLPixelFormat.Rgba32)]
    [DataRow(MLPixelFormat.Bgra32)]
    public void AnOverlayMixesTheMaskWithTheImage(MLPixelFormat format)
    {
        using MLImage image = Image(format, 2, 2, (100, 0, 10), (100, 0, 10), (1, 2, 3), (0, 1, 250));

        using MLImage half = SegmentationDrawing.Overlay(image, new LabelMask([1, 2, 0, 2], 2, 2), Colors);
        using MLImage quarter = SegmentationDrawing.Overlay(image, new LabelMask([1, 2, 0, 2], 2, 2), Colors, 0.25);

        // (100 + 200) / 2, (0 + 100) / 2, (10 + 0) / 2 and so on; halves go up, and no class leaves the image.
        Assert.AreEqual("150 50 5|50 25 130|1 2 3|0 26 250", Text(half));

        // 100 + 0.25 * 100, 0 + 0.25 * 100, 10 - 0.25 * 10 = 7.5; 100 - 25, 0.25 * 50 = 12.5, 10 + 60; 1 + 0.25 * 49 = 13.25.
        Assert.AreEqual("125 25 8|75 13 70|1 2 3|0 13 250", Text(quarter));
    }

    [TestMethod]
    public void AnOpacityOf0IsTheImageAndOf1TheMask()
    {
        using MLImage image = Image(MLPixelFormat.Rgba32, 2, 1, (100, 0, 10), (1, 2, 3));
        LabelMask mask = new([1, 2], 2, 1);

        using MLImage none = SegmentationDrawing.Overlay(image, mask, Colors, 0);
        using MLImage all = SegmentationDrawing.Overlay(image, mask, Colors, 1);

        Assert.AreEqual(Text(image), Text(none));
        Assert.AreEqual("200 100 0|0 50 250", Text(all));
    }

    [TestMethod]
    [DataRow(-0.1)]
    [DataRow(1.5)]
    [DataRow(double.NaN)]
    public void AnOpacityOutsideItsRangeIsRefused(double opacity)
    {
        using MLImage image = Image(MLPixelFormat.Rgba32, 1, 1, (1, 2, 3));
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(
            () => SegmentationDrawing.Overlay(image, new LabelMask([1], 1, 1), Colors, opacity));
        StringAssert.Contains(error.Message, FormattableString.Invariant($"opacity is {opacity}; it must be 0 to 1."));
    }

    [TestMethod]
    public void LinesLieWhereAPixelIsNotOfItsNeighboursClass()
    {
        using MLImage image = SegmentationDrawing.Paint(new LabelMask(new byte[12], 4, 3), Colors);

        // 1 1 2 2
        // 1 1 2 2   The end of a row is no neighbour of the next one's start.
        // 0 0 0 0
        using MLImage lines = SegmentationDrawing.Outline(
            image, new LabelMask([1, 1, 2, 2, 1, 1, 2, 2, 0, 0, 0, 0], 4, 3), new RgbColor(9, 9, 9));

        Assert.AreEqual(".#../####/....", string.Join('/', Text(lines).Split('|').Select(
            static pixel => pixel == "9 9 9" ? '#' : '.').Chunk(4).Select(static row => new string(row))));
    }

    [TestMethod]
    public void ErrorsAreRedAndPixelsWithoutTruthBlack()
    {
        using MLImage map = SegmentationDrawing.ErrorMap(new LabelMask([1, 2, 0, 1], 4, 1), new LabelMask([1, 1, 2, 0], 4, 1));

        string[] pixels = Text(map).Split('|');
        Assert.AreEqual("225 229 233", pixels[0]);
        Assert.AreEqual("200 30 45", pixels[1]);
        Assert.AreEqual("200 30 45", pixels[2], "No class where there is one is an error.");
        Assert.AreEqual(Black, pixels[3]);
    }

    [TestMethod]
    public void ConfidenceIsTheHighestScoreOfAPixel()
    {
        // Two classes of four pixels: 0, 0.25, 0.5 and 1 are the highest.
        using MLImage map = SegmentationDrawing.ConfidenceMap([0, 0.25f, 0.5f, 0, 0, 0.1f, 0.5f, 1], 2, 2);

        // A quarter is halfway between the first two colours: (24 + 33) / 2, (18 + 122) / 2, (66 + 140) / 2.
        Assert.AreEqual("24 18 66|29 70 103|33 122 140|252 236 130", Text(map));
    }

    [TestMethod]
    [DataRow(-0.5f)]
    [DataRow(1.5f)]
    [DataRow(float.NaN)]
    public void AScoreThatIsNoProbabilityIsRefused(float score)
    {
        var error = Assert.ThrowsExactly<ArgumentException>(
            () => SegmentationDrawing.ConfidenceMap([1, 1, 1, 1, 1, score], 2, 3));
        StringAssert.Contains(error.Message, FormattableString.Invariant($"The highest score in row 2, column 1 is {score}"));
    }

    [TestMethod]
    public void ScoresThatAreNoWholeClassesAreRefused()
    {
        var error = Assert.ThrowsExactly<ArgumentException>(() => SegmentationDrawing.ConfidenceMap(new float[7], 2, 3));
        StringAssert.Contains(error.Message, "There are 7 scores, which is not a whole number of classes of 2 x 3 = 6 pixels.");
        Assert.ThrowsExactly<ArgumentException>(() => SegmentationDrawing.ConfidenceMap([], 2, 3));
    }

    [TestMethod]
    public void SizesThatDoNotAgreeAreBothNamed()
    {
        using MLImage image = Image(MLPixelFormat.Rgba32, 2, 1, (1, 2, 3), (1, 2, 3));
        using MLImage other = Image(MLPixelFormat.Rgba32, 1, 2, (1, 2, 3), (1, 2, 3));

        Refused(
            "The image is 2 x 1 and the label mask 1 x 2 (width x height); both must have one size.",
            () => SegmentationDrawing.Overlay(image, new LabelMask([1, 1], 1, 2), Colors));
        Refused(
            "The image is 2 x 1 and the label mask 1 x 2", () => SegmentationDrawing.Outline(image, new LabelMask([1, 1], 1, 2)));
        Refused(
            "The prediction is 2 x 1 and the truth 1 x 2",
            () => SegmentationDrawing.ErrorMap(new LabelMask([1, 1], 2, 1), new LabelMask([1, 1], 1, 2)));
        Refused("The first picture is 2 x 1 and the picture 3 1 x 2", () => SegmentationDrawing.SideBySide([image, image, other]));
        Refused("The label mask has 5 keys, but 2 x 3 pixels need 6.", () => _ = new LabelMask(new byte[5], 2, 3));
        Refused(
            "There are 1 names and 2 colours",
            () => SegmentationDrawing.Legend(["road"], Colors));
        Refused("There are 2 pictures and 1 captions", () => SegmentationDrawing.SideBySide([image, image], ["one"]));

        static void Refused(string message, Action draw) =>
            StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(draw).Message, message);
    }

    [TestMethod]
    public void AKeyWithoutAColourIsNamedWithItsPlace()
    {
        var error = Assert.ThrowsExactly<ArgumentException>(
            () => SegmentationDrawing.Paint(new LabelMask([1, 2, 0, 1, 1, 3], 3, 2), Colors));
        StringAssert.Contains(error.Message, "key 3 in row 1, column 2, but there are only 2 colours, of keys 1 to 2.");
    }

    [TestMethod]
    public void PicturesStandInRowsWithWhiteBetweenThem()
    {
        using MLImage first = Image(MLPixelFormat.Rgba32, 2, 1, (1, 1, 1), (2, 2, 2));
        using MLImage second = Image(MLPixelFormat.Bgra32, 2, 1, (3, 3, 30), (4, 4, 40));
        using MLImage third = Image(MLPixelFormat.Rgba32, 2, 1, (5, 5, 5), (6, 6, 6));

        using MLImage picture = SegmentationDrawing.SideBySide([first, second, third], columns: 2, gap: 1);

        Assert.AreEqual((5, 3), (picture.Width, picture.Height));
        Assert.AreEqual(
            $"1 1 1|2 2 2|{White}|3 3 30|4 4 40|{White}|{White}|{White}|{White}|{White}|5 5 5|6 6 6|{White}|{White}|{White}",
            Text(picture));
    }

    [TestMethod]
    public void ALegendHasASquareOfEachColourAndStartsALineWhereANameHasNoRoom()
    {
        NeedFont();
        using MLImage beside = SegmentationDrawing.Legend(["a", "b"], Colors, 100);
        using MLImage below = SegmentationDrawing.Legend(["first of two names", "second of two names"], Colors, 100);

        int first = Array.IndexOf(Text(beside).Split('|'), "200 100 0");
        int second = Array.IndexOf(Text(beside).Split('|'), "0 50 250");
        Assert.AreEqual(first / 100, second / 100, "Both are in one line.");
        Assert.IsGreaterThan(first, second);
        Assert.AreEqual((100, 100), (beside.Width, below.Width));
        Assert.IsGreaterThan(beside.Height, below.Height);
        first = Array.IndexOf(Text(below).Split('|'), "200 100 0");
        second = Array.IndexOf(Text(below).Split('|'), "0 50 250");
        Assert.AreEqual(first % 100, second % 100, "Each starts a line.");
        Assert.AreEqual(White, Text(below).Split('|')[99], "What is too long is cut.");
    }

    [TestMethod]
    public void ACaptionStandsBelowItsPicture()
    {
        NeedFont();
        using MLImage image = SegmentationDrawing.Paint(new LabelMask(new byte[3200], 80, 40), Colors);
        using MLImage picture = SegmentationDrawing.SideBySide([image, image], ["truth", ""], gap: 0);

        string[][] rows = [.. Text(picture).Split('|').Chunk(160)];
        Assert.AreEqual(160, picture.Width);
        Assert.IsGreaterThan(50, picture.Height);
        Assert.IsTrue(rows[..40].All(static row => row.All(static pixel => pixel == Black)));
        Assert.IsTrue(rows[40..].Any(static row => row[..80].Any(static pixel => pixel != White)));
        Assert.IsTrue(rows[40..].All(static row => row[80..].All(static pixel => pixel == White)));
    }

    [TestMethod]
    public void PicturesTogetherLargerThanAPictureCanBeAreRefused()
    {
        using MLImage image = MLImage.CreateFromPixels(1000, 1000, MLPixelFormat.Rgba32, new byte[4_000_000]);
        MLImage[] images = [.. Enumerable.Repeat(image, 600)];
        var error = Assert.ThrowsExactly<ArgumentException>(() => SegmentationDrawing.SideBySide(images, gap: 0));
        StringAssert.Contains(error.Message, "600000 x 1000");
    }

    [TestMethod]
    public void ScaledMasksHaveNoColoursThatAreNoClass()
    {
        using MLImage mask = SegmentationDrawing.Paint(new LabelMask([1, 2, 2, 1], 2, 2), Colors);

        using MLImage large = SegmentationDrawing.Resize(mask, 4, 2, blends: false);
        using MLImage blended = SegmentationDrawing.Resize(mask, 1, 1);

        Assert.AreEqual(
            "200 100 0|200 100 0|0 50 250|0 50 250|0 50 250|0 50 250|200 100 0|200 100 0", Text(large));
        Assert.AreEqual("100 75 125", Text(blended));
    }

    [TestMethod]
    public void WhatIsTransparentKeepsItsColour()
    {
        using MLImage image = MLImage.CreateFromPixels(1, 1, MLPixelFormat.Rgba32, [100, 50, 200, 0]);

        using MLImage beside = SegmentationDrawing.SideBySide([image]);
        using MLImage outlined = SegmentationDrawing.Outline(image, new LabelMask([1], 1, 1));

        Assert.AreEqual("100 50 200", Text(beside));
        Assert.AreEqual("100 50 200", Text(outlined));
        Assert.AreEqual(255, outlined.Pixels[3]);
    }

    [TestMethod]
    public void AnImageThatIsLoadedStandsUprightAsMasksOfItDo()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("photo.jpg", PictureFile.Photo(6, 20, 40));

        using MLImage upright = SegmentationDrawing.Load(path);
        using MLImage stored = SegmentationDrawing.Load(path, ImageOrientation.AsStored);

        Assert.AreEqual((20, 40), (upright.Width, upright.Height));
        Assert.AreEqual((40, 20), (stored.Width, stored.Height));
    }

    [TestMethod]
    public void AFileThatCannotBeLoadedIsNamed()
    {
        using TemporaryFolder folder = new();
        string text = folder.Write("notes.png", "no image");
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => SegmentationDrawing.Load(text)).Message, text);
        string small = folder.Write("small.png", PictureFile.PngPhoto(1, 4, 5, isLast: false, isLittle: false));
        StringAssert.Contains(
            Assert.ThrowsExactly<InvalidDataException>(() => SegmentationDrawing.Load(small, maxPixels: 19)).Message,
            "4 x 5 is 20 pixels, more than the limit of 19");
        StringAssert.Contains(
            Assert.ThrowsExactly<FileNotFoundException>(() => SegmentationDrawing.Load(folder["none.png"])).Message, folder["none.png"]);
    }

    [TestMethod]
    public void ARowsColumnsAreItsMask()
    {
        VBuffer<byte> sparse = new(6, 2, [1, 2], [0, 5]);
        VBuffer<int> size = new(2, [3, 2]);
        LabelMask mask = LabelMask.From(in sparse, in size);

        Assert.AreEqual((3, 2), (mask.Width, mask.Height));
        CollectionAssert.AreEqual(new byte[] { 1, 0, 0, 0, 0, 2 }, mask.Keys.ToArray());
        VBuffer<int> wrong = new(2, [3, 3]);
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(() => _ = LabelMask.From(in sparse, in wrong)).Message,
            "6 keys, but 3 x 3 pixels need 9");
    }

    private static void NeedFont()
    {
        if (SKTypeface.Default.GlyphCount == 0)
        {
            Assert.Inconclusive("The system has no font.");
        }
    }

    private static MLImage Image(MLPixelFormat format, int width, int height, params (byte Red, byte Green, byte Blue)[] colors) =>
        MLImage.CreateFromPixels(width, height, format, [.. colors.SelectMany(color => format == MLPixelFormat.Rgba32
            ? new byte[] { color.Red, color.Green, color.Blue, 255 }
            : [color.Blue, color.Green, color.Red, 255])]);

    private static string Text(MLImage image)
    {
        bool blueFirst = image.PixelFormat == MLPixelFormat.Bgra32;
        return string.Join('|', image.Pixels.ToArray().Chunk(4).Select(
            pixel => blueFirst ? $"{pixel[2]} {pixel[1]} {pixel[0]}" : $"{pixel[0]} {pixel[1]} {pixel[2]}"));
    }
}

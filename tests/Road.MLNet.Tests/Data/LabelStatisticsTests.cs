using Road.MLNet.Data;

namespace Road.MLNet.Tests.Data;

[TestClass]
public sealed class LabelStatisticsTests
{
    private static readonly string[] Names = ["road", "car", "sky"];

    [TestMethod]
    public void SharesOfClassesAndOfWhatNoClassClaimsAreInOneLine()
    {
        LabelStatistics statistics = new(Names) { AllMasks = 2500 };
        Add(statistics, LabelEncoding.FromIds(Names), PngWriter.Write(10, 1, [0, 0, 0, 0, 0, 0, 1, 1, 255, 4]));
        Add(statistics, LabelEncoding.FromIds(Names), PngWriter.Write(10, 1, [0, 0, 0, 0, 0, 0, 1, 1, 255, 255]));
        Assert.AreEqual(
            "Source labels, 2 of 2500 masks: road 75.0 %, car 25.0 %, sky 0 %; no class claims 20.0 % of the pixels: 255 (15.0 %), 4 "
            + "(5.0 %).",
            statistics.ToString());
        Assert.IsEmpty(statistics.Warnings());
    }

    [TestMethod]
    public void MasksOfOneClassAreWarnedOfWithTheValuesThatNoClassClaims()
    {
        LabelStatistics statistics = new(["background", "lane"]);
        Add(statistics, LabelEncoding.FromIds(["background", "lane"]), PngWriter.Write(4, 1, [0, 0, 0, 255]));
        string warning = statistics.Warnings().Single();
        StringAssert.StartsWith(
            warning,
            "All labelled pixels of the source are 'background', so the network will learn to answer nothing else: no class claims 255 "
            + "(25.0 %).");
    }

    [TestMethod]
    public void AClaimOfUnderOnePercentIsWarnedOf()
    {
        LabelStatistics statistics = new(Names);
        Add(statistics, LabelEncoding.FromIds(Names), PngWriter.Write(20, 20, [0, 1, .. Enumerable.Repeat((byte)200, 398)]));
        StringAssert.StartsWith(
            statistics.Warnings().Single(), "The classes claim only 0.5 % of the source labels' pixels: they hold 200 (99.5 %).");
        StringAssert.StartsWith(statistics.ToString(), "Source labels, 1 masks: road 50.0 %, car 50.0 %, sky 0 %; no class claims 99.5 %");
    }

    [TestMethod]
    public void OnlyTheMostFrequentValuesAreShown()
    {
        LabelStatistics statistics = new(Names);
        Add(statistics, LabelEncoding.FromIds(Names), PngWriter.Write(14, 1, [0, 1, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 20, 255]));
        string line = statistics.ToString();
        StringAssert.Contains(line, ": 20 (14.3 %), 11 (7.1 %), ");
        StringAssert.EndsWith(line, "17 (7.1 %) and others.");
    }

    [TestMethod]
    public void ValuesThatNoClassClaimsAreColoursWhereColoursAreClasses()
    {
        LabelEncoding encoding = LabelEncoding.FromColors(Names, new Dictionary<RgbColor, int> { [new(1, 1, 1)] = 0, [new(2, 2, 2)] = 1 });
        (byte[] File, string Expected)[] masks =
        [
            (PngWriter.Write(4, 1, [1, 1, 1, 2, 2, 2, 9, 8, 7, 9, 8, 7], colorType: 2), ": (9, 8, 7) (50.0 %)."),
            (PngWriter.Write(4, 1, [0, 1, 2, 2], colorType: 3, palette: [1, 1, 1, 2, 2, 2, 9, 8, 7]), ": (9, 8, 7) (50.0 %)."),
            (PngWriter.Write(4, 1, [1, 2, 3, 3]), ": (3, 3, 3) (50.0 %)."),
            (new PngWriter { Width = 2, Height = 1, ColorType = 2, BitDepth = 16 }.Encode(
                [257, 257, 257, 1, 2, 3]), ": (1, 2, 3) of 16 bits (50.0 %)."),
            (new PngWriter { Width = 2, Height = 1, BitDepth = 16 }.Encode([257, 5]), ": grey 5 of 16 bits (50.0 %)."),
        ];
        foreach ((byte[] file, string expected) in masks)
        {
            LabelStatistics statistics = new(Names);
            Add(statistics, encoding, file);
            StringAssert.EndsWith(statistics.ToString(), expected, StringComparison.Ordinal);
        }
    }

    [TestMethod]
    public void NothingIsSaidOfValuesWhereTheMasksAreClassesAlready()
    {
        LabelStatistics statistics = new(Names);
        statistics.Add([0, 1, 255, 255]);
        Assert.AreEqual(
            "Source labels, 1 masks: road 50.0 %, car 50.0 %, sky 0 %; no class claims 50.0 % of the pixels.", statistics.ToString());
    }

    private static void Add(LabelStatistics statistics, LabelEncoding encoding, byte[] file)
    {
        using LabelPng mask = LabelPngReader.Decode([.. file], file.Length, "mask.png");
        statistics.Add(mask, "mask.png", encoding);
    }
}

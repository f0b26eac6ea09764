using System.Security.Cryptography;
using Microsoft.ML;
using Road.MLNet.Data;

namespace Road.MLNet.Tests.Data;

/// <summary>Reads label masks as their authors published them.</summary>
[TestClass]
public sealed class RealLabelTests
{
    [TestMethod]
    public void Gta5MasksGivePaletteIndicesThatAreCityscapesIds()
    {
        foreach (string path in Masks("gta5", "labels", "*.png"))
        {
            LabelPng png = LabelPngReader.Read(path);
            Assert.AreEqual((1914, 1052, 1), (png.Width, png.Height, png.SamplesPerPixel), path);
            Assert.IsNotNull(png.Palette);
            AssertValues(path, png.Bytes!, value => value <= 34);
            Assert.IsGreaterThan(0.3, Share(png, 7) + Share(png, 8), "road and sidewalk");
        }
    }

    [TestMethod]
    public void CityscapesMasksGiveLabelIds()
    {
        foreach (string path in Masks("cityscapes", "gtFine", "*_labelIds.png"))
        {
            LabelPng png = LabelPngReader.Read(path);
            Assert.AreEqual((2048, 1024, 1), (png.Width, png.Height, png.SamplesPerPixel), path);
            AssertValues(path, png.Bytes!, value => value <= 33);
            Assert.IsGreaterThan(0.1, Share(png, 7), "road");
        }
    }

    [TestMethod]
    public void AirSimMasksGiveSevenClassesByTheirFile()
    {
        LabelEncoding encoding = LabelEncoding.FromJsonFile(TestData.Find("airsim/classes.json"));
        foreach (string path in Masks("airsim", "labels", "*.png").Take(40))
        {
            LabelPng png = LabelPngReader.Read(path);
            Assert.AreEqual((256, 144, 1), (png.Width, png.Height, png.SamplesPerPixel), path);
            AssertValues(path, png.Bytes!, value => value is <= 6 or 255);
            var classes = new byte[png.Width * png.Height];
            encoding.Decode(png, path, classes);
            CollectionAssert.AreEqual(png.Bytes, classes, "the ids are the classes already");
        }
    }

    [TestMethod]
    public void CamVidMasksMapToTheSharedClasses()
    {
        LabelEncoding encoding = LabelEncoding.FromJsonFile(TestData.Find("camvid/classes.json"));
        byte[] map = [0, 1, 2, 3, 3, 4, 255, 5, 6, 255, 255, 255];
        foreach (string path in Masks("camvid", "valannot", "*.png").Take(40))
        {
            LabelPng png = LabelPngReader.Read(path);
            Assert.AreEqual((480, 360, 1), (png.Width, png.Height, png.SamplesPerPixel), path);
            AssertValues(path, png.Bytes!, value => value <= 11);
            var classes = new byte[png.Width * png.Height];
            encoding.Decode(png, path, classes);
            CollectionAssert.AreEqual(png.Bytes!.Select(value => map[value]).ToArray(), classes);
        }
    }

    [TestMethod]
    [DataRow("gta5/labels/08688.png", "F1840A0EDEC92271")]
    [DataRow("gta5/labels/16742.png", "28C9BF3422869769")]
    [DataRow("cityscapes/gtFine/val/lindau/lindau_000013_000019_gtFine_labelIds.png", "FECF13C0AEE50D7B")]
    [DataRow("camvid/valannot/0016E5_07959.png", "DBCE05CB575EB6DA")]
    [DataRow("airsim/labels/back00000.png", "0C09776C91CD6900")]
    public void SamplesAreThoseOfAnIndependentReader(string file, string expectedHash)
    {
        // SHA-256 of the samples as a reader written in Python gave them.
        byte[] hash = SHA256.HashData(LabelPngReader.Read(TestData.Find(file)).Bytes!);
        Assert.AreEqual(expectedHash, Convert.ToHexString(hash)[..16]);
    }

    [TestMethod]
    public void CamVidFolderEvaluatesPerfectlyAgainstItself()
    {
        string root = TestData.Find("camvid");
        LabelEncoding encoding = LabelEncoding.FromJsonFile(Path.Combine(root, "classes.json"));
        var ml = new MLContext(seed: 1);
        IDataView folder = ml.Data.LoadSegmentationFolder(Path.Combine(root, "val"), Path.Combine(root, "valannot"));
        IDataView masks = ml.Transforms.LoadLabelMasks("Label", null, "LabelPath", encoding)
            .Append(ml.Transforms.CopyColumns("PredictedLabel", "Label"))
            .Fit(folder)
            .Transform(folder);

        SemanticSegmentationMetrics metrics = ml.SemanticSegmentation.Evaluate(masks);

        Assert.AreEqual((1d, 1d), (metrics.MeanIntersectionOverUnion, metrics.PixelAccuracy));
        long pixels = folder.GetRowCount()!.Value * 480 * 360;
        long counted = metrics.ConfusionMatrix.Sum(row => row.Sum());
        Assert.IsGreaterThan(pixels * 8 / 10, counted);
        Assert.IsLessThan(pixels, counted, "signs, people and the unlabelled are ignored");
    }

    private static string[] Masks(string set, string folder, string pattern)
    {
        string[] files = Directory.GetFiles(Path.Combine(TestData.Find(set), folder), pattern, SearchOption.AllDirectories);
        Assert.IsNotEmpty(files);
        return [.. files.Order(StringComparer.Ordinal)];
    }

    private static void AssertValues(string path, byte[] values, Func<byte, bool> isPlausible)
    {
        byte[] odd = [.. values.Distinct().Where(value => !isPlausible(value))];
        Assert.IsEmpty(odd, path);
    }

    private static double Share(LabelPng png, byte id) => (double)png.Bytes!.Count(value => value == id) / png.Bytes!.Length;
}

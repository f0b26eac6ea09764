using System.Text.Json;
using Microsoft.ML.Data;
using Road.MLNet.Data;
using Road.MLNet.Tests.Data;
using Road.MLNet.Tests.Scoring;
using Road.MLNet.Tests.Training;

namespace Road.MLNet.Tests.Streets;

/// <summary>The commands on published data sets.</summary>
[TestClass]
public sealed class StreetsPresetTests
{
    private static readonly string[] SmallTraining =
        ["--network", "deeplab-squeezenet1_1", "--crop", "64", "--batch", "1", "--distillation-weight", "0"];

    [TestMethod]
    public void Gta5AndCityscapesAsPublishedTrainAndEvaluateInFullSize()
    {
        using var folder = new TemporaryFolder();
        string model = folder.Combine("road.zip");
        string json = folder.Combine("result.json");
        StreetsProgram.Succeed(
            ["train", "--source-preset", "gta5", "--source", TestData.Find("gta5"), "--target-preset", "cityscapes",
             "--target", TestData.Find("cityscapes"), "--model", model, "--iterations", "3", .. SmallTraining]);
        string output = StreetsProgram.Succeed(
            "evaluate", "--model", model, "--preset", "cityscapes", "--data",
            TestData.Find("cityscapes"), "--split", "val", "--json", json);

        JsonElement report = Read(json);
        CollectionAssert.AreEqual(
            CityscapesClasses.Names.ToArray(), report.GetProperty("classIoU").EnumerateObject().Select(item => item.Name).ToArray());
        Assert.AreEqual(Mean(report, CityscapesClasses.Names), report.GetProperty("meanIoU").GetDouble(), 1e-12);
        Assert.AreEqual(Mean(report, CityscapesClasses.Synthia16), report.GetProperty("meanIoU16").GetDouble(), 1e-12);
        Assert.AreEqual(Mean(report, CityscapesClasses.Synthia13), report.GetProperty("meanIoU13").GetDouble(), 1e-12);
        StringAssert.Contains(output, "mean IoU of 13", StringComparison.Ordinal);
        int images = report.GetProperty("images").GetInt32();
        Assert.AreEqual(MaskCount(), images);
        StringAssert.EndsWith(output.TrimEnd(), $"Scored {images} images", StringComparison.Ordinal);

        static int MaskCount() => Directory.GetFiles(
            Path.Combine(TestData.Find("cityscapes"), "gtFine", "val"), "*_labelIds.png", SearchOption.AllDirectories).Length;
    }

    [TestMethod]
    public void SynthiaModelIsScoredOnCamVidInCamVidsClassesAndPredictsItsSplits()
    {
        using var folder = new TemporaryFolder();
        string model = folder.Combine("road.zip");
        string synthia = folder.CreateFolder("synthia");
        string camVid = folder.CreateFolder("camvid");
        foreach (string name in new[] { "1.png", "2.png" })
        {
            WriteImage(folder, $"synthia/RGB/{name}");
            ushort[] samples = [
                .. Enumerable.Range(0, 64 * 48).SelectMany(i => new[] { (ushort)(i / 64 < 24 ? 1 : 3), (ushort)300, (ushort)0 })];
            folder.Write(
                $"synthia/GT/LABELS/{name}", new PngWriter { Width = 64, Height = 48, ColorType = 2, BitDepth = 16 }.Encode(samples));
            WriteImage(folder, $"camvid/train/{name}");
            WriteImage(folder, $"camvid/val/{name}");
            folder.Write($"camvid/valannot/{name}", PngWriter.Write(64, 48, [.. Enumerable.Range(0, 64 * 48).Select(i => (byte)(i % 12))]));
        }

        StreetsProgram.Succeed(
            ["train", "--source-preset", "synthia", "--source", synthia, "--target-preset", "camvid", "--target", camVid,
             "--model", model, "--iterations", "2", .. SmallTraining]);
        string json = folder.Combine("result.json");
        StreetsProgram.Succeed("evaluate", "--model", model, "--preset", "camvid", "--data", camVid, "--json", json);
        JsonElement report = Read(json);
        CollectionAssert.AreEquivalent(
            LabelEncoding.CamVid.ClassNames.ToArray(), report.GetProperty("classIoU").EnumerateObject().Select(
                item => item.Name).ToArray());
        Assert.IsFalse(report.TryGetProperty("meanIoU16", out _), "these are CamVid's classes");

        StreetsProgram.Succeed(
            "predict", "--model", model, "--preset", "camvid", "--data", camVid, "--split", "train", "--out", folder.Combine("out"));
        LabelPng mask = LabelPngReader.Read(folder.Combine("out", "2_labels.png"));
        Assert.AreEqual((64, 48), (mask.Width, mask.Height));
        Assert.IsLessThan(19, mask.Bytes!.Max());
        Assert.HasCount(4, Directory.GetFiles(folder.Combine("out")));

        StreetsProgram.Fail(
            1,
            ["evaluate", "--model", model, "--preset", "camvid", "--data", camVid, "--split", "train", "--json", json],
            $"The camvid folder '{camVid}' has no label masks of its split 'train'.");
    }

    [TestMethod]
    public void ModelOfOtherClassesIsToldToNameFoldersAndClasses()
    {
        using var folders = new TrainingFolders(width: 64, height: 64);
        File.WriteAllText(
            folders.Combine("classes.json"),
            """{"classes": [{"name": "road", "ids": [0]}, {"name": "car", "ids": [1]}]}""");
        string camVid = Directory.CreateDirectory(folders.Combine("camvid/train")).Parent!.FullName;
        File.Copy(folders.TargetImage(0), folders.Combine("camvid/train/0.png"));
        StreetsProgram.Succeed(
            ["train", "--source-images", folders.SourceImages, "--source-labels", folders.SourceLabels, "--source-classes",
                folders.Combine("classes.json"),
             "--target-preset", "camvid", "--target", camVid, "--model",
             folders.Combine("road.zip"), "--iterations", "1", .. SmallTraining]);

        StreetsProgram.Fail(
            1,
            ["evaluate", "--model", folders.Combine("road.zip"), "--preset", "camvid", "--data", camVid, "--json", folders.Combine(
                "result.json")],
            "The model's classes (road, car) are not those that camvid is scored by (sky, building,",
            "name its folders and a classes file with --images, --labels and --classes");
        Assert.IsFalse(File.Exists(folders.Combine("result.json")));
    }

    [TestMethod]
    public void FolderThatIsNoSuchSetIsOneLineThatSaysWhatWasFound()
    {
        using var folder = new TemporaryFolder();
        folder.Write("gtFine/train/a/a_gtFine_labelIds.png", []);
        WriteImage(folder, "gta5/images/1.png");
        folder.Write("gta5/labels/1.png", PngWriter.Write(64, 48, new byte[64 * 48]));
        StreetsProgram.Fail(
            1,
            ["train", "--source-preset", "gta5", "--source",
                folder.Combine("gta5"), "--target-preset", "cityscapes", "--target", folder.Path, "--model", folder.Combine("m.zip")],
            "has no 'leftImg8bit/train', the folder of its images",
            "it holds 2 folders (gtFine, gta5) and no file");
    }

    private static void WriteImage(TemporaryFolder folder, string name)
    {
        string path = folder.Combine(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using MLImage image = ScoringFixture.CreateImage(name.Length, 64, 48);
        image.Save(path);
    }

    private static JsonElement Read(string json)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(json));
        return document.RootElement.Clone();
    }

    private static double Mean(JsonElement report, IReadOnlyList<string> names) => names
        .Select(name => report.GetProperty("classIoU").GetProperty(name))
        .Where(value => value.ValueKind == JsonValueKind.Number)
        .Average(value => value.GetDouble());
}

using System.Text.Json.Nodes;
using Road.MLNet.Data;

namespace Road.MLNet.Tests.Streets;

/// <summary>The commands on folders as people have them.</summary>
[TestClass]
public sealed class StreetsFolderTests
{
    [TestMethod]
    public void SubFoldersAreTrainedOnPredictedIntoTheirOwnAndTheMasksScored()
    {
        using StreetsFolders folders = new();
        string images = Move(folders.Images, "0.png", "1.png");
        string labels = Move(folders.Labels, "0.png", "1.png");
        File.WriteAllText(Path.Combine(images, "notes.txt"), "");
        File.WriteAllText(Path.Combine(labels, "._0.png"), "");
        File.Delete(Path.Combine(labels, "b", "0.png"));
        string model = folders.Combine("model.zip");

        StreetsProgram.Fail(1, folders.Train(model, 1), "1 of the 4 images", "b/0.png");
        (int exitCode, string output, string errors) = StreetsProgram.Run(folders.Train(model, 1, "--unlabelled", "skip"));
        Assert.AreEqual(0, exitCode, errors);
        StringAssert.Contains(output, "Training on 3 labelled images (2 files left out) and 3 others");
        StringAssert.Contains(errors, "warning: Left out 1 file of another kind: ");
        StringAssert.Contains(errors, $"warning: Left out 1 image without a label mask: {Path.Combine(images, "b", "0.png")}");

        // Below the images, where a second run finds what the first wrote.
        string masks = Path.Combine(images, "masks");
        string[] predict = ["predict", "--model", model, "--images", images, "--out", masks];
        string said = StreetsProgram.Succeed(predict);
        StringAssert.Contains(said, "Writing the masks of 4 images (1 file left out) to ");
        StringAssert.Contains(said, "Wrote the masks of 4 images (1 file left out) to ");
        string[] written = [
            .. Directory.GetFiles(masks, "*", SearchOption.AllDirectories).Select(
                file => Path.GetRelativePath(masks, file).Replace('\\', '/')).Order(StringComparer.Ordinal)];
        CollectionAssert.AreEqual(
            new[] { "2.png", "2_labels.png", "3.png", "3_labels.png", "a/0.png", "a/0_labels.png", "b/0.png", "b/0_labels.png" }, written);
        (exitCode, output, errors) = StreetsProgram.Run(predict);
        Assert.AreEqual(0, exitCode, errors);
        StringAssert.Contains(output, "Wrote the masks of 4 images");
        StringAssert.Contains(errors, $"warning: '{masks}' lies in the folder of images");

        // The class ids that were predicted, and not the colours beside them, are the truth here.
        string report = folders.Combine("report.json");
        output = StreetsProgram.Succeed(
            "evaluate", "--model", model, "--images", folders.Images, "--labels", masks, "--classes", folders.ClassesFile,
            "--json", report);
        StringAssert.Contains(output, "Scoring 4 images");
        StringAssert.Contains(File.ReadAllText(report), "\"pixelAccuracy\": 1\n");
    }

    [TestMethod]
    public void DetailsAreMeasuredWhereTheyAreAskedFor()
    {
        using StreetsFolders folders = new();
        string report = folders.Combine("report.json");
        string[] evaluate =
        [
            "evaluate", "--model", folders.WriteModel(), "--images", folders.Images, "--labels", folders.Labels, "--classes",
            folders.ClassesFile, "--json", report,
        ];
        string output = StreetsProgram.Succeed(evaluate);
        Assert.DoesNotContain("worst", output);
        JsonObject plain = JsonNode.Parse(File.ReadAllText(report))!.AsObject();
        output = StreetsProgram.Succeed([.. evaluate, "--details"]);
        JsonObject detailed = JsonNode.Parse(File.ReadAllText(report))!.AsObject();

        foreach ((string name, JsonNode? value) in plain)
        {
            Assert.IsTrue(JsonNode.DeepEquals(value, detailed[name]), name);
        }

        CollectionAssert.AreEqual(
            new[] { "imageMeanIoU", "worstImages", "boundaryMeanIoU", "classBoundaryIoU", "calibration" },
            detailed.Select(static pair => pair.Key).Except(plain.Select(static pair => pair.Key)).ToArray());
        JsonArray worst = detailed["worstImages"]!.AsArray();
        double[] scores = [.. worst.Select(static image => image!["meanIoU"]!.GetValue<double>())];
        Assert.HasCount(detailed["images"]!.GetValue<int>(), worst, "There are less than ten.");
        CollectionAssert.AreEqual(scores.Order().ToArray(), scores);
        Assert.AreEqual(scores.Average(), detailed["imageMeanIoU"]!["mean"]!.GetValue<double>(), 1e-9);
        Assert.AreEqual(scores[0], detailed["imageMeanIoU"]!["quantile0"]!.GetValue<double>());
        Assert.HasCount(15, detailed["calibration"]!["bins"]!.AsArray());
        foreach (string part in new[] { "image IoU mean", "worst images:", "boundary IoU", "calibration err." })
        {
            StringAssert.Contains(output, part);
        }
    }

    [TestMethod]
    public void LabelIdsAreWrittenOfCityscapesClassesAndRefusedOfOthers()
    {
        using StreetsFolders folders = new();
        string[] predict =
        [
            "predict", "--model", folders.WriteModel(), "--images", folders.Images, "--out", folders.Combine("masks"), "--ids",
        ];
        StreetsProgram.Fail(
            2, [.. predict, "labelId"], "--ids labelId needs a model of Cityscapes' 19 classes", "this model's are road, car.");
        Assert.IsFalse(Directory.Exists(folders.Combine("masks")));

        string[] classes = [.. CityscapesClasses.Names.Select((name, i) => $$"""{"name": "{{name}}", "ids": [{{i}}]}""")];
        File.WriteAllText(folders.ClassesFile, $$"""{"classes": [{{string.Join(", ", classes)}}]}""");
        StreetsProgram.Succeed(folders.Train(predict[2], 1));
        StreetsProgram.Succeed([.. predict, "trainId"]);
        byte[] trainIds = ReadIds();
        StreetsProgram.Succeed([.. predict, "labelId"]);
        CollectionAssert.AreEqual(trainIds.Select(static id => (byte)CityscapesClasses.LabelIds[id]).ToArray(), ReadIds());

        byte[] ReadIds()
        {
            using LabelPng png = LabelPngReader.Read(Path.Combine(folders.Combine("masks"), "0_labels.png"));
            return [.. png.Bytes.AsSpan(0, png.Width * png.Height)];
        }
    }

    [TestMethod]
    public void AnEmptyModelATypoAndClassesOfOneColourAreNamed()
    {
        using StreetsFolders folders = new();
        string model = folders.Combine("empty.zip");
        File.WriteAllBytes(model, []);
        StreetsProgram.Fail(
            1, ["predict", "--model", model, "--images", folders.Images, "--out", folders.Combine("masks")],
            $"The model file '{model}' cannot be loaded: it is empty.");

        string json = File.ReadAllText(folders.ClassesFile);
        File.WriteAllText(folders.ClassesFile, json.Replace("[4,5,6]", "[1,2,3]", StringComparison.Ordinal));
        (int exitCode, _, string errors) = StreetsProgram.Run(folders.Train(folders.Combine("model.zip"), 1));
        Assert.AreEqual(0, exitCode, errors);
        StringAssert.Contains(errors, "warning: Predicted masks show some classes in one colour: 'road' and 'car' are (1, 2, 3)");

        File.WriteAllText(folders.ClassesFile, json.Replace("color", "colour", StringComparison.Ordinal));
        StreetsProgram.Fail(1, folders.Train(folders.Combine("model.zip"), 1), folders.ClassesFile, "did you mean 'color'?");
    }

    [TestMethod]
    public void LeavingOutImagesIsOfFoldersAlone()
    {
        StreetsProgram.Fail(
            2,
            ["evaluate", "--model", "m.zip", "--preset", "camvid", "--data", "x", "--unlabelled", "skip", "--json", "r.json"],
            "Option '--unlabelled' cannot be used with '--preset'");
    }

    /// <summary>Moves the first two files into a/0.png and b/0.png.</summary>
    private static string Move(string place, params string[] names)
    {
        foreach ((string name, string sub) in names.Zip(["a", "b"]))
        {
            Directory.CreateDirectory(Path.Combine(place, sub));
            File.Move(Path.Combine(place, name), Path.Combine(place, sub, "0.png"));
        }

        return place;
    }
}

using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet.Data;
using Road.MLNet.Tests.Data;
using Road.MLNet.Tests.Training;
using Road.Torch.Networks;

namespace Road.MLNet.Tests.Streets;

/// <summary>What stands in the place of images, masks, classes or a model ends each command with its name and the cause.</summary>
[TestClass]
public sealed class StreetsInputTests : IDisposable
{
    private const string Classes =
        """{"classes": [{"name": "road", "color": [1,2,3], "ids": [0]}, {"name": "car", "color": [4,5,6], "ids": [1]}]}""";

    private readonly TrainingFolders _folders = new(sources: 3, targets: 3);
    private readonly string _classes;

    public StreetsInputTests()
    {
        _classes = _folders.Combine("classes.json");
        File.WriteAllText(_classes, Classes);
    }

    public void Dispose() => _folders.Dispose();

    [TestMethod]
    public void PredictNamesADamagedImageAndKeepsTheMasksBefore()
    {
        string model = SaveModel();
        string bad = _folders.TargetImage(1);
        File.WriteAllText(bad, "<html><body>gone</body></html>");
        File.Copy(bad, Path.Combine(_folders.TargetImages, "._0.png"));
        StreetsProgram.Fail(
            1, ["predict", "--model", model, "--images", _folders.TargetImages, "--out", _folders.Combine("out")], $"'{bad}'",
            "no image but text");
        CollectionAssert.AreEquivalent(
            new[] { "0.png", "0_labels.png" }, Directory.GetFiles(_folders.Combine("out")).Select(
                file => Path.GetFileName(file)).ToArray());

        // Damage that the decoder alone finds.
        byte[] damaged = File.ReadAllBytes(_folders.TargetImage(0));
        damaged.AsSpan(damaged.AsSpan().IndexOf("IDAT"u8) + 4, 40).Fill(0xEE);
        File.WriteAllBytes(bad, damaged);
        StreetsProgram.Fail(
            1, ["predict", "--model", model, "--images", _folders.TargetImages, "--out", _folders.Combine("out")],
            $"'{bad}'", "is damaged and cannot be decoded");
    }

    [TestMethod]
    public void BadImagesAreSkippedAndCountedWhereThatIsAskedFor()
    {
        string model = SaveModel();
        File.WriteAllText(_folders.TargetImage(1), "<html><body>gone</body></html>");
        byte[] cut = File.ReadAllBytes(_folders.SourceImage(0));
        File.WriteAllBytes(_folders.SourceImage(0), cut[..(cut.Length / 2)]);
        string masks = _folders.Combine("out");

        (int exitCode, string output, string errors) = StreetsProgram.Run(
            "predict", "--model", model, "--images", _folders.TargetImages, "--out", masks, "--bad-images", "skip");
        Assert.AreEqual(0, exitCode, errors);
        StringAssert.Contains(output, "Wrote the masks of 2 images to");
        StringAssert.Contains(output, "skipped 1 that cannot be read");
        StringAssert.Contains(errors, _folders.TargetImage(1));
        CollectionAssert.AreEquivalent(
            new[] { "0.png", "0_labels.png", "2.png", "2_labels.png" },
            Directory.GetFiles(masks).Select(file => Path.GetFileName(file)).ToArray());

        (exitCode, output, errors) = StreetsProgram.Run([.. Evaluate(model), "--bad-images", "skip"]);
        Assert.AreEqual(0, exitCode, errors);
        StringAssert.Contains(output, "Scored 2 images; skipped 1 that cannot be read");
        StringAssert.Contains(errors, _folders.SourceImage(0));
        StreetsProgram.Fail(1, Evaluate(model), "row 0", _folders.SourceImage(0));
        StreetsProgram.Fail(2, [.. Evaluate(model), "--bad-images", "ignore"], "'ignore' must be 'stop' or 'skip'");
    }

    [TestMethod]
    public void MuchThatNoClassClaimsIsWarnedOf()
    {
        string model = SaveModel();
        byte[] ids = [.. Enumerable.Range(0, 48 * 40).Select(static i => i < 48 * 20 ? (byte)1 : (byte)77)];
        for (int i = 0; i < 3; i++)
        {
            File.WriteAllBytes(_folders.SourceLabel(i), PngWriter.Write(48, 40, ids));
        }

        File.WriteAllText(Path.Combine(_folders.SourceImages, "notes.txt"), "later");

        (int exitCode, string output, string errors) = StreetsProgram.Run(Evaluate(model));

        Assert.AreEqual(0, exitCode, errors);
        StringAssert.Contains(errors, "warning: 50 % of the masks' pixels have values that no class claims, and count nowhere");
        StringAssert.Contains(output, "Scored 3 images (1 file left out)");
        string report = File.ReadAllText(_folders.Combine("result.json"));
        StringAssert.Contains(report, "\"leftOutFiles\": 1");
        StringAssert.Contains(report, "\"ignoredPixelShare\": 0.5");
    }

    [TestMethod]
    public void MasksOfTurnedPhotosStandUprightUnlessTheyAreReadAsStored()
    {
        string model = SaveModel();
        string photos = Directory.CreateDirectory(_folders.Combine("photos")).FullName;
        File.WriteAllBytes(Path.Combine(photos, "phone.jpg"), PictureFile.Photo(6, 40, 56));
        string masks = _folders.Combine("out");
        string[] predict = ["predict", "--model", model, "--images", photos, "--out", masks];

        StreetsProgram.Succeed(predict);
        PngHeader upright = LabelPngReader.ReadHeader(Path.Combine(masks, "phone_labels.png"));
        StreetsProgram.Succeed([.. predict, "--orientation", "as-stored"]);
        PngHeader stored = LabelPngReader.ReadHeader(Path.Combine(masks, "phone_labels.png"));

        Assert.AreEqual((40, 56), (upright.Width, upright.Height));
        Assert.AreEqual((56, 40), (stored.Width, stored.Height));
    }

    [TestMethod]
    public void AnOverlayLiesOnTheImageAsItIsSeen()
    {
        string model = SaveModel();
        string photos = Directory.CreateDirectory(_folders.Combine("photos")).FullName;
        string photo = Path.Combine(photos, "phone.jpg");
        File.WriteAllBytes(photo, PictureFile.Photo(6, 40, 56));
        string masks = _folders.Combine("out");
        string[] predict = ["predict", "--model", model, "--images", photos, "--out", masks, "--overlay"];

        StreetsProgram.Succeed([.. predict, "0"]);
        CollectionAssert.AreEqual(Pixels(photo), Pixels(Path.Combine(masks, "phone_overlay.png")));

        StreetsProgram.Succeed([.. predict, "1"]);
        CollectionAssert.AreEqual(Pixels(Path.Combine(masks, "phone.png")), Pixels(Path.Combine(masks, "phone_overlay.png")));
        StreetsProgram.Fail(2, [.. predict, "1.5"], "--overlay: it must be 0 to 1.");

        static byte[] Pixels(string file)
        {
            using MLImage image = SegmentationDrawing.Load(file);
            Assert.AreEqual((40, 56), (image.Width, image.Height));
            return image.Pixels.ToArray();
        }
    }

    [TestMethod]
    public void EachCommandRefusesAnImageOfTooManyPixels()
    {
        string model = SaveModel();
        string target = _folders.TargetImage(2);
        File.WriteAllBytes(target, ImageBomb.Png());
        StreetsProgram.Fail(
            1, ["predict", "--model", model, "--images", _folders.TargetImages, "--out", _folders.Combine("out")],
            $"'{target}'", "268435456");
        string source = _folders.SourceImage(1);
        StreetsProgram.Fail(1, [.. Evaluate(model), "--max-pixels", "1919"], $"'{_folders.SourceLabel(0)}'",
            "48 x 40 is 1920 pixels, more than the limit of 1919");
        StreetsProgram.Fail(1, [.. Train(), "--max-pixels", "1919"], "48 x 40 is 1920 pixels, more than the limit of 1919");
        File.WriteAllBytes(source, ImageBomb.Png());
        StreetsProgram.Fail(1, Evaluate(model), "row 1", $"'{source}'", "268435456");
        StreetsProgram.Fail(1, Train(), $"'{source}'", "268435456");
        StreetsProgram.Fail(2, [.. Train(), "--max-pixels", "0"], "--max-pixels is 0; it must be 1 to 536870911.");
    }

    [TestMethod]
    public void PipesAsModelClassesImagesAndMasksAreRefused()
    {
        string model = SaveModel();
        string pipe = _folders.Combine("pipe");
        SpecialFiles.Make("pipe", pipe);
        StreetsProgram.Fail(
            1, ["export", "--model", pipe, "--onnx", _folders.Combine("road.onnx")], $"The model file '{pipe}' is a named pipe");
        StreetsProgram.Fail(
            1,
            [
                "evaluate", "--model", model, "--images", _folders.SourceImages, "--labels", _folders.SourceLabels, "--classes", pipe,
                "--json", _folders.Combine("j")],
            $"The classes file '{pipe}' is a named pipe");

        Replace(_folders.SourceImage(0), pipe);
        StreetsProgram.Fail(1, Evaluate(model), "row 0", $"'{_folders.SourceImage(0)}' is a named pipe");
        File.Delete(_folders.SourceImage(0));
        File.Copy(_folders.SourceImage(1), _folders.SourceImage(0));
        Replace(_folders.SourceLabel(0), pipe);
        StreetsProgram.Fail(1, Evaluate(model), "row 0", $"'{_folders.SourceLabel(0)}' is a named pipe");
    }

    private static void Replace(string file, string target)
    {
        File.Delete(file);
        File.CreateSymbolicLink(file, target);
    }

    private string[] Evaluate(string model) =>
        [
            "evaluate", "--model", model, "--images", _folders.SourceImages, "--labels", _folders.SourceLabels, "--classes", _classes,
            "--json", _folders.Combine("result.json")];

    private string[] Train() =>
    [
        "train", "--source-images", _folders.SourceImages, "--source-labels", _folders.SourceLabels, "--source-classes", _classes,
        "--target-images", _folders.TargetImages, "--model", _folders.Combine("trained.zip"), "--network", "deeplab-squeezenet1_1",
        "--crop", "32", "--batch", "1", "--iterations", "6", "--variant", "none",
    ];

    private string SaveModel()
    {
        var ml = new MLContext(1);
        RoadTrainerOptions options = TrainerFixture.SourceOnly();
        options.Network = SegmentationNetworks.Get("deeplab-squeezenet1_1");
        options.Iterations = 1;
        IDataView domains = _folders.Paths(ml);
        EstimatorChain<RoadTransformer> pipeline = new EstimatorChain<ITransformer>()
            .Append(ml.Transforms.LoadImages("TargetImage", null, "TargetImagePath"))
            .Append(ml.Transforms.LoadImages("SourceImage", null, "SourceImagePath"), TransformerScope.Training)
            .Append(ml.Transforms.LoadLabelMasks(
                "SourceLabel", null, "SourceLabelPath", LabelEncoding.FromJsonFile(_classes)), TransformerScope.Training)
            .Append(ml.SemanticSegmentation.Trainers.Road(options));
        using TransformerChain<RoadTransformer> trained = pipeline.Fit(domains);
        ml.Model.Save(trained.GetModelFor(TransformerScope.Scoring), domains.Schema, _folders.Combine("road.zip"));
        return _folders.Combine("road.zip");
    }
}

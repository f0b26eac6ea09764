using Road.MLNet.Tests.Processes;
using Road.MLNet.Tests.Training;

namespace Road.MLNet.Tests.Streets;

/// <summary>What <c>Streets train --variant</c> takes, and what it refuses.</summary>
[TestClass]
public sealed class StreetsVariantTests
{
    private const string Classes =
        """{"classes": [{"name": "road", "color": [1,2,3], "ids": [0]}, {"name": "car", "color": [4,5,6], "ids": [1]}]}""";

    [TestMethod]
    [DataRow("--distillation-weight", "0.2")]
    [DataRow("--spatial-weight", "0.2")]
    [DataRow("--regions", "2x2")]
    public void AVariantTogetherWithWhatItSetsIsBadUsage(string option, string value)
    {
        using var folders = new TrainingFolders();
        (int exitCode, _, string errors) = Train(folders, "--variant", "road", option, value);
        Assert.AreEqual(2, exitCode, errors);
        StringAssert.Contains(errors, $"--variant takes the place of {option}");
    }

    [TestMethod]
    public void AnUnknownVariantIsBadUsage()
    {
        using var folders = new TrainingFolders();
        (int exitCode, _, string errors) = Train(folders, "--variant", "spatial-4x4");
        Assert.AreEqual(2, exitCode, errors);
        StringAssert.Contains(errors, "spatial-4x4");
        StringAssert.Contains(errors, "spatial-3x3");
    }

    [TestMethod]
    public void AVariantTrainsInThePlaceOfTheDefaults()
    {
        // Without pretrained weights the default, which distils, would be refused.
        using var folders = new TrainingFolders();
        (int exitCode, string written, string errors) = Train(folders, "--variant", "spatial-2x1");
        Assert.AreEqual(0, exitCode, errors);
        StringAssert.Contains(written, "; spatial alignment in 2 x 1 regions (lambda2 0.01); ");
    }

    [TestMethod]
    public void SelfTrainingBeginsAfterASourcePhase()
    {
        using var folders = new TrainingFolders();
        string[] phase = ["--source-phase", "1", "--teacher-alpha", "0.9"];
        (int exitCode, string written, string errors) = Train(folders, ["--variant", "self-training-class-balanced", .. phase]);
        Assert.AreEqual(0, exitCode, errors);
        StringAssert.Contains(written, "; self-training (class-balanced, alpha 0.9, from step 1 on); ");

        string weights = TrainerFixture.WriteWeights(
            Road.Torch.Networks.SegmentationNetworks.Get("deeplab-squeezenet1_1"), folders.Combine("backbone.safetensors"));
        (exitCode, written, errors) = Train(folders, ["--variant", "road-self-training", "--backbone-weights", weights, .. phase]);
        Assert.AreEqual(0, exitCode, errors);
        StringAssert.Contains(written, "; distillation on the target (lambda1 0.1, up to step 1), spatial alignment ");

        (exitCode, _, errors) = Train(folders, ["--variant", "spatial", .. phase]);
        Assert.AreEqual(2, exitCode, errors);
        StringAssert.Contains(errors, "--source-phase is of self-training: give a --variant with it");
    }

    [TestMethod]
    public void AMethodOfOnesOwnIsAVariantByItsAssembly()
    {
        using var folders = new TrainingFolders();
        string methods = Programs.Sibling("Road.MLNet.Tests.Extension");
        (int exitCode, string written, string errors) = Train(folders, "--variant", "correlation-alignment", "--methods", methods);
        Assert.AreEqual(0, exitCode, errors);
        StringAssert.Contains(written, "; correlation-alignment; ");
        StringAssert.Contains(written, "L_coral");
    }

    [TestMethod]
    public void AnAssemblyWithoutMethodsIsBadUsage()
    {
        using var folders = new TrainingFolders();
        string none = folders.Combine("none.dll");
        (int exitCode, _, string errors) = Train(folders, "--variant", "none", "--methods", none);
        Assert.AreEqual(2, exitCode, errors);
        StringAssert.Contains(errors, $"The assembly of adaptation methods '{none}' does not exist.");

        File.WriteAllText(none, "no assembly");
        (exitCode, _, errors) = Train(folders, "--variant", "none", "--methods", none);
        Assert.AreEqual(2, exitCode, errors);
        StringAssert.Contains(errors, $"'{none}' is no .NET assembly that this program can load.");

        string tests = typeof(StreetsVariantTests).Assembly.Location;
        (exitCode, _, errors) = Train(folders, "--variant", "none", "--methods", tests);
        Assert.AreEqual(2, exitCode, errors);
        StringAssert.Contains(
            errors, $"'{tests}' has no public class derived from AdaptationMethod with a constructor without parameters.");
    }

    [TestMethod]
    [DataRow("--crop-scale", "0.5", "--crop-scale: '0.5' must be two numbers with a hyphen between them, such as 0.5-2, or 0.5-2,log")]
    [DataRow("--crop-scale", "2-0.5", "--crop-scale is 2 to 0.5; it must be 0.1 to 10, the minimum first.")]
    [DataRow("--target-crop-scale", "1-1,5", "'1,5' is not a number: write 1.5")]
    [DataRow("--color-jitter", "1.5", "--color-jitter is 1.5; it must be 0 to 1.")]
    [DataRow("--blur", "-1", "--blur is -1; it must be 0 to 20.")]
    [DataRow("--hue-jitter", "0.6", "--hue-jitter is 0.6; it must be 0 to 0.5.")]
    [DataRow("--rare-classes", "0", "--rare-classes is 0; it must be greater than 0 and at most 1000.")]
    [DataRow("--class-weights", "frequence", "must be none, frequency[:POWER] or effective-number[:BETA]; did you mean 'frequency'?")]
    [DataRow("--class-weights", "frequency:0,5", "--class-weights: '0,5' is not a number: write 0.5")]
    [DataRow("--class-weights", "frequency:3", "--class-weights: Power is 3; it must be 0 to 2.")]
    [DataRow("--class-weights", "effective-number:1", "Beta is 1; it must be at least 0 and less than 1.")]
    [DataRow("--class-weights", "none:1", "'none:1' must be none, frequency[:POWER]")]
    [DataRow("--dice", "-1", "--dice is -1; it must be 0 to 1000.")]
    [DataRow("--focal", "11", "--focal is 11; it must be 0 to 10.")]
    [DataRow("--hard-pixels", "2", "--hard-pixels is 2; it must be 0 to 1.")]
    [DataRow("--label-smoothing", "1", "--label-smoothing is 1; it must be at least 0 and less than 1.")]
    public void AnOptionOutOfItsRangeIsBadUsage(string option, string value, string expected)
    {
        using var folders = new TrainingFolders();
        (int exitCode, _, string errors) = Train(folders, option, value);
        Assert.AreEqual(2, exitCode, errors);
        StringAssert.Contains(errors, expected);
    }

    [TestMethod]
    public void CropsAreChangedAsToldAndACheckpointKnows()
    {
        using var folders = new TrainingFolders();
        string[] told =
        [
            "--variant", "spatial", "--checkpoint", folders.Combine("state"), "--crop-scale", "0.8-1.5,log", "--color-jitter", "0.5",
            "--blur", "1.5", "--rare-classes", "0.01",
        ];
        (int exitCode, _, string errors) = Train(folders, [.. told, "--target-crop-scale", "1-1.5"]);
        Assert.AreEqual(0, exitCode, errors);

        (exitCode, _, errors) = Train(folders, told);
        Assert.AreEqual(1, exitCode, errors);
        StringAssert.Contains(errors, ": --target-crop-scale was 1 to 1.5 and is now null. ");
    }

    [TestMethod]
    public void ARecipeSetsWhatIsNotGivenBesideIt()
    {
        using var folders = new TrainingFolders();
        string[] told = ["--variant", "spatial", "--checkpoint", folders.Combine("state")];
        (int exitCode, _, string errors) = Train(folders, [.. told, "--recipe", "strong", "--blur", "0", "--crop-scale", "1-3,log"]);
        Assert.AreEqual(0, exitCode, errors);

        (exitCode, _, errors) = Train(folders, told);
        Assert.AreEqual(1, exitCode, errors);
        StringAssert.Contains(
            errors,
            ": BrightnessJitter was 0.5 and is now 0; ContrastJitter was 0.5 and is now 0; --crop-scale was 1 to 3, log-uniform and is now "
            + "1 to 1; --target-crop-scale was 1 to 1.5, log-uniform and is now null; --class-weights was "
            + "Road.Torch.Training.FrequencyWeights {\"Power\":0.5,\"Largest\":20} and is now null; "
            + "SaturationJitter was 0.5 and is now 0. ");

        (exitCode, _, errors) = Train(folders, "--recipe", "weak");
        Assert.AreEqual(2, exitCode, errors);
        StringAssert.Contains(errors, "'weak' not recognized");
    }

    [TestMethod]
    public void SourcesAreMixedAndTheModelPredicts()
    {
        using var folders = new TrainingFolders();
        using var others = new TrainingFolders(sources: 2, width: 90, height: 70);
        (int exitCode, string written, string errors) = Train(
            folders, "--variant", "none", "--source-images", others.SourceImages, "--source-labels", others.SourceLabels,
            "--source-weight", "1", "--source-weight", "2.5", "--source-size", "48x40", "--source-size", "64x48");
        Assert.AreEqual(0, exitCode, errors);
        StringAssert.Contains(written, "Training on 4 labelled images + 2 labelled images and 3 others");

        (exitCode, _, errors) = StreetsProgram.Run(
            ["predict", "--model", folders.Combine("road.zip"), "--images", folders.TargetImages, "--out", folders.Combine("masks")]);
        Assert.AreEqual(0, exitCode, errors);
        Assert.IsTrue(File.Exists(folders.Combine("masks/0.png")));
    }

    [TestMethod]
    public void SomeTargetImagesMayHaveLabels()
    {
        using var folders = new TrainingFolders();
        string labels = folders.Combine("target-labels");
        Directory.CreateDirectory(labels);
        File.Copy(folders.SourceLabel(0), Path.Combine(labels, "1.png"));
        (int exitCode, string written, string errors) = Train(
            folders, "--variant", "none", "--target-labels", labels, "--target-label-crops", "2");
        Assert.AreEqual(0, exitCode, errors);
        StringAssert.Contains(written, "1 target image has a label mask: a step sees 2 crops of them.");

        (exitCode, written, errors) = Train(
            folders, "--variant", "none", "--target-labels", labels, "--target-label-share", "1/16", "--target-label-weight", "0.5");
        Assert.AreEqual(0, exitCode, errors);
        StringAssert.Contains(written, "a step sees 1 crop of them.");

        (exitCode, _, errors) = Train(folders, "--target-labels", labels, "--target-label-share", "16");
        Assert.AreEqual(2, exitCode, errors);
        StringAssert.Contains(errors, "'16' must be 1, a slash and a number, such as 1/16.");
    }

    [TestMethod]
    [DataRow("--target-label-share", "1/16", "'--target-label-share' needs labels: '--target-labels', or a published set")]
    [DataRow("--target-classes", "c.json", "Option '--target-labels' is required with '--target-classes'.")]
    [DataRow("--target-label-weight", "-1", "--target-label-weight is -1; it must be 0 to 1000.")]
    [DataRow("--target-label-crops", "0", "--target-label-crops is 0; it must be 1 to 1024.")]
    public void TargetLabelsThatMakeNoSenseAreBadUsage(string option, string value, string expected)
    {
        using var folders = new TrainingFolders();
        (int exitCode, _, string errors) = Train(folders, option, value);
        Assert.AreEqual(2, exitCode, errors);
        StringAssert.Contains(errors, expected);
    }

    [TestMethod]
    public void TheLossIsComposedAsToldAndACheckpointKnows()
    {
        using var folders = new TrainingFolders();
        string[] told =
        [
            "--variant", "none", "--checkpoint", folders.Combine("state"), "--dice", "0.5", "--focal", "2", "--hard-pixels", "0.7",
            "--label-smoothing", "0.1",
        ];
        (int exitCode, string written, string errors) = Train(folders, [.. told, "--class-weights", "effective-number:0.99"]);
        Assert.AreEqual(0, exitCode, errors);
        StringAssert.Contains(
            written, "Class weights by effective number of samples (beta 0.99, 1000 pixels a sample) over 4 masks: road ");

        (exitCode, _, errors) = Train(folders, [.. told, "--class-weights", "frequency"]);
        Assert.AreEqual(1, exitCode, errors);
        StringAssert.Contains(errors, "--class-weights was Road.Torch.Training.EffectiveNumberWeights {");
        StringAssert.Contains(errors, " and is now Road.Torch.Training.FrequencyWeights {");
    }

    private static (int ExitCode, string Written, string Errors) Train(TrainingFolders folders, params string[] more)
    {
        string classes = folders.Combine("classes.json");
        File.WriteAllText(classes, Classes);
        return StreetsProgram.Run(
        [
            "train", "--source-images", folders.SourceImages, "--source-labels", folders.SourceLabels,
            "--source-classes", classes, "--target-images", folders.TargetImages, "--model", folders.Combine("road.zip"),
            "--network", "deeplab-squeezenet1_1", "--crop", "32", "--batch", "1", "--iterations", "1", .. more,
        ]);
    }
}

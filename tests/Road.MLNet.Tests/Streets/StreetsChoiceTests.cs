namespace Road.MLNet.Tests.Streets;

/// <summary>Which model <c>Streets train</c> gives: the mean of its weights, the best on the way, and when it ends.</summary>
[TestClass]
public sealed class StreetsChoiceTests
{
    private const string Sets = "train --model m --source-preset gta5 --source s --target-preset camvid --target t ";
    private const string Folders = "train --model m --source-preset gta5 --source s --target-images t ";

    [TestMethod]
    [DataRow(Sets + "--keep-best test", "'test' not recognized")]
    [DataRow(Sets + "--early-stopping 3", "--early-stopping needs --keep-best, which says what is evaluated.")]
    [DataRow(Sets + "--evaluation-interval 3", "--evaluation-interval needs --keep-best, which says what is evaluated.")]
    [DataRow(Sets + "--keep-best source --early-stopping 0", "--early-stopping is 0; it must be 1 to 1000000.")]
    [DataRow(Sets + "--average-weights 1.1", "--average-weights is 1.1; it must be 0 to 1.")]
    [DataRow(Sets + "--keep-best source --validation-images v", "--validation-images needs --keep-best target, --report or --tensorboard.")]
    [DataRow(
        Folders + "--keep-best target",
        "--keep-best target needs --validation-images, --validation-labels and --validation-classes, or a target preset.")]
    [DataRow(
        Folders + "--keep-best target --validation-images v --validation-labels w",
        "Option '--validation-classes' is required with '--validation-images'.")]
    public void MixedOrMissingOptionsAreNamed(string arguments, string expected) =>
        StreetsProgram.Fail(2, arguments.Split(' '), expected);

    [TestMethod]
    public void HelpSaysWhatAChoiceByTargetLabelsIs()
    {
        string[] words = StreetsProgram.Succeed("train", "--help").Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        string help = string.Join(' ', words);
        StringAssert.Contains(help, "--keep-best <source|confidence|target>", StringComparison.Ordinal);
        StringAssert.Contains(help, "A CHOICE ON TARGET LABELS", StringComparison.Ordinal);
    }

    [TestMethod]
    public void TheModelThatIsSurestOfTargetImagesIsSaved()
    {
        using StreetsFolders folders = new();
        string written = StreetsProgram.Succeed(folders.Train(
            folders.Combine("best.zip"), 4, "--spatial-weight", "0", "--keep-best", "confidence", "--evaluation-interval", "2"));
        StringAssert.Contains(written, "The result is the model of iteration ", StringComparison.Ordinal);
        StringAssert.Contains(written, ", the best by mean confidence (", StringComparison.Ordinal);
        Assert.IsTrue(File.Exists(folders.Combine("best.zip")));
    }

    [TestMethod]
    public void ATrainingEndsEarlyBySourceImagesThatAreKeptOutAndStaysSo()
    {
        // A rate that is next to nothing: hardly a pixel's class changes.
        using StreetsFolders folders = new();
        string[] arguments = folders.Train(
            folders.Combine("early.zip"), 9, "--spatial-weight", "0", "--keep-best", "source", "--evaluation-interval", "1",
            "--early-stopping", "2", "--learning-rate", "1e-12", "--checkpoint", folders.Combine("state"));
        string written = StreetsProgram.Succeed(arguments);
        StringAssert.Contains(written, "Kept 1 source images out of the training, to judge its models by", StringComparison.Ordinal);
        string end = written.Split('\n').Single(static line => line.StartsWith("Stopped early, after", StringComparison.Ordinal));
        StringAssert.Contains(end, ": mean IoU on source images has not become better than the 0.", StringComparison.Ordinal);
        StringAssert.EndsWith(end, " in 2 evaluations.", StringComparison.Ordinal);
        string result = written.Split('\n').Single(static line => line.StartsWith("The result is the model of ", StringComparison.Ordinal));
        StringAssert.Contains(result, ", the best by mean IoU on source images (0.", StringComparison.Ordinal);
        Assert.IsTrue(File.Exists(folders.Combine("early.zip")));

        string again = StreetsProgram.Succeed(arguments);
        StringAssert.Contains(again, end, StringComparison.Ordinal);
        StringAssert.Contains(again, result, StringComparison.Ordinal);
    }

    [TestMethod]
    public void LabelledTargetImagesMayChooseAndWeightsBeAveraged()
    {
        using StreetsFolders folders = new();
        string[] arguments = folders.Train(
            folders.Combine("chosen.zip"), 2, "--spatial-weight", "0", "--keep-best", "target", "--evaluation-interval", "1",
            "--validation-images", folders.Images, "--validation-labels", folders.Labels, "--validation-classes", folders.ClassesFile,
            "--checkpoint", folders.Combine("state"), "--report", folders.Combine("new/report.html"),
            "--tensorboard", folders.Combine("events"));
        string written = StreetsProgram.Succeed([.. arguments, "--average-weights", "0.9"]);
        StringAssert.Contains(written, "; weights averaged with decay 0.9; ", StringComparison.Ordinal);
        StringAssert.Contains(written, "the best by mean IoU on labelled target images (0.", StringComparison.Ordinal);
        StringAssert.Contains(written, "After iteration 1: mean IoU on labelled target images 0.", StringComparison.Ordinal);
        StringAssert.Contains(
            File.ReadAllText(folders.Combine("new/report.html")), "<h1>chosen: training of deeplab-squeezenet1_1</h1>",
            StringComparison.Ordinal);
        Assert.HasCount(1, Directory.GetFiles(folders.Combine("events")));
        StreetsProgram.Fail(1, arguments, "WeightAveraging.Decay was 0.9 and is now null");
    }
}

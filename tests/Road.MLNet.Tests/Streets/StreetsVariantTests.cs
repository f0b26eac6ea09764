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

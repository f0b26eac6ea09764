using System.Text;
using Road.MLNet.Tests.Training;

namespace Road.MLNet.Tests.Streets;

/// <summary>What <c>Streets train --backbone-weights</c> finds, and what it says of a file that it cannot use.</summary>
[TestClass]
public sealed class StreetsWeightsTests
{
    private const string Classes =
        """{"classes": [{"name": "road", "color": [1,2,3], "ids": [0]}, {"name": "car", "color": [4,5,6], "ids": [1]}]}""";

    [TestMethod]
    public void WeightsOfTheFeaturizersPackageAreFoundBesideTheProgram()
    {
        using var folders = new TrainingFolders();
        string classes = folders.Combine("classes.json");
        string model = folders.Combine("road.zip");
        File.WriteAllText(classes, Classes);

        string output = StreetsProgram.Succeed(
            "train", "--source-images", folders.SourceImages, "--source-labels", folders.SourceLabels, "--source-classes", classes,
            "--target-images", folders.TargetImages, "--model", model, "--network", "deeplab-resnet18", "--backbone-weights",
            "mlnet-resnet18", "--crop", "32", "--iterations", "1");

        StringAssert.Contains(output, "deeplab-resnet18: 100 loaded; 10 skipped: layer4.2.", StringComparison.Ordinal);
        Assert.IsTrue(File.Exists(model));
    }

    [TestMethod]
    [DataRow(null, "There is no file of backbone weights at")]
    [DataRow("<!DOCTYPE html>\n<html>not found</html>\n", "Cannot read the weights file")]
    [DataRow("\u0080\u0002cposix\nsystem\n(X\u0004\0\0\0truetR.", "names the global 'posix.system', which is refused")]
    public void UnusableWeightsAreOneLineOnStandardErrorAndExitCodeOne(string? content, string cause)
    {
        using var folders = new TrainingFolders();
        string weights = folders.Combine("weights.pth");
        string classes = folders.Combine("classes.json");
        File.WriteAllText(classes, Classes);
        if (content is not null)
        {
            File.WriteAllBytes(weights, Encoding.Latin1.GetBytes(content));
        }

        string[] arguments =
        [
            "train", "--source-images", folders.SourceImages, "--source-labels", folders.SourceLabels,
            "--source-classes", classes, "--target-images", folders.TargetImages, "--model", folders.Combine("road.zip"),
            "--network", "deeplab-squeezenet1_1", "--backbone-weights", weights, "--crop", "32", "--iterations", "1",
        ];
        StreetsProgram.Fail(1, arguments, cause, weights);
        Assert.IsFalse(File.Exists(folders.Combine("road.zip")));
    }
}

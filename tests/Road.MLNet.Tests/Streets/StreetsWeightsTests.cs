using System.Diagnostics;
using System.Text;

namespace Road.MLNet.Tests.Training;

/// <summary>What <c>Streets train --backbone-weights</c> says of a file that it cannot use.</summary>
[TestClass]
public sealed class StreetsWeightsTests
{
    private const string Classes =
        """{"classes": [{"name": "road", "color": [1,2,3], "ids": [0]}, {"name": "car", "color": [4,5,6], "ids": [1]}]}""";

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

        DirectoryInfo output = new(AppContext.BaseDirectory);
        string program = Path.Combine(
            AppContext.BaseDirectory, "../../../../../examples/Streets/bin", output.Parent!.Name, output.Name, "Streets.dll");
        ProcessStartInfo start = new(
            "dotnet",
            [
                program, "train", "--source-images", folders.SourceImages, "--source-labels", folders.SourceLabels,
                "--source-classes", classes, "--target-images", folders.TargetImages, "--model", folders.Combine("road.zip"),
                "--network", "deeplab-squeezenet1_1", "--backbone-weights", weights, "--crop", "32", "--iterations", "1",
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        Task<string> written = process.StandardOutput.ReadToEndAsync();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();

        Assert.AreEqual(1, process.ExitCode, errors + written.Result);
        StringAssert.StartsWith(errors, "error: ");
        StringAssert.Contains(errors, cause);
        StringAssert.Contains(errors, weights);
        Assert.HasCount(1, errors.TrimEnd().Split('\n'), errors);
        Assert.IsFalse(File.Exists(folders.Combine("road.zip")));
    }
}

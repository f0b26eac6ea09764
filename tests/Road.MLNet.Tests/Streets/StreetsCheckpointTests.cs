using System.IO.Compression;
using Road.MLNet.Tests.Processes;
using Road.MLNet.Tests.Training;

namespace Road.MLNet.Tests.Streets;

/// <summary>What <c>Streets train --checkpoint</c> makes of a process that is killed.</summary>
[TestClass]
public sealed class StreetsCheckpointTests
{
    private const string Classes =
        """{"classes": [{"name": "road", "color": [1,2,3], "ids": [0]}, {"name": "car", "color": [4,5,6], "ids": [1]}]}""";

    [TestMethod]
    public async Task AKilledTrainingGoesOnToTheWeightsOfOneLeftAlone()
    {
        using var folders = new TrainingFolders();
        File.WriteAllText(folders.Combine("classes.json"), Classes);
        StreetsProgram.Succeed(Arguments(folders, "whole.zip"));
        string[] arguments = Arguments(folders, "resumed.zip", "--checkpoint", folders.Combine("state"), "--checkpoint-interval", "1");

        await Programs.KillOnceThereIsAsync(
            folders.Combine("state/checkpoint.safetensors"), () => Programs.Start(Programs.Example("Streets"), arguments));

        Assert.IsFalse(File.Exists(folders.Combine("resumed.zip")));
        StringAssert.Contains(StreetsProgram.Succeed(arguments), "Going on after iteration ");
        CollectionAssert.AreEqual(Weights(folders.Combine("whole.zip")), Weights(folders.Combine("resumed.zip")));
        Assert.HasCount(1, Directory.GetFiles(folders.Combine("state")));

        // The same folder with another option.
        StreetsProgram.Fail(
            1, [.. arguments, "--learning-rate", "1e-3"], folders.Combine("state"), "--learning-rate was 0.00025 and is now 0.001");
        StreetsProgram.Fail(
            1, [.. arguments, "--precision", "bfloat16"], folders.Combine("state"), "Precision was Float32 and is now BFloat16");
    }

    private static string[] Arguments(TrainingFolders folders, string model, params string[] more) =>
    [
        "train", "--source-images", folders.SourceImages, "--source-labels", folders.SourceLabels,
        "--source-classes", folders.Combine("classes.json"), "--target-images", folders.TargetImages, "--model", folders.Combine(model),
        "--network", "deeplab-squeezenet1_1", "--crop", "32", "--batch", "1", "--iterations", "20", "--variant", "spatial-3x3", .. more,
    ];

    private static byte[] Weights(string model)
    {
        using ZipArchive zip = ZipFile.OpenRead(model);
        using Stream entry = zip.Entries.Single(candidate => candidate.Name == "Weights.safetensors").Open();
        using MemoryStream content = new();
        entry.CopyTo(content);
        return content.ToArray();
    }
}

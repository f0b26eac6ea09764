using System.Runtime.InteropServices;
using Road.MLNet.Tests.Processes;

namespace Road.MLNet.Tests.Examples;

/// <summary>How the quick start ends early, and what it does not write over.</summary>
[TestClass]
public sealed class QuickStartTests
{
    [TestMethod]
    public void ASignalEndsItAndTheNextRunTakesTheScenesForItsOwn()
    {
        using TemporaryFolder folder = new();
        string output = folder["out"];
        using (RunningProgram first = RunningProgram.StartExample("QuickStart", "--out", output))
        {
            first.WaitForLine("10 %");
            first.Send(PosixSignal.SIGINT);
            (int exitCode, string errors) = first.Finish();
            Assert.AreEqual(130, exitCode, errors);
            Assert.AreEqual("Cancelled; the next run starts from the beginning\n", errors);
            Assert.IsEmpty(Directory.GetFiles(output, ".*", SearchOption.AllDirectories));
        }

        using RunningProgram second = RunningProgram.StartExample("QuickStart", "--out", output);
        second.WaitForLine("Pretraining the backbone");
        second.Send(PosixSignal.SIGTERM);
        Assert.AreEqual(143, second.Finish().ExitCode);
        LabelEncoding classes = LabelEncoding.FromJsonFile(Path.Combine(output, "scenes", "classes.json"));
        Assert.AreEqual("sky, building, road, sidewalk, vegetation, car, person", string.Join(", ", classes.ClassNames));
    }

    [TestMethod]
    public void AFolderOfScenesThatIsNotItsOwnIsLeft()
    {
        using TemporaryFolder folder = new();
        string photo = folder.Write("scenes/photo.png", "the user's");
        (int exitCode, string output, string errors) = Programs.Run(Programs.Example("QuickStart"), "--out", folder.Path);

        Assert.AreEqual(1, exitCode, output);
        StringAssert.Contains(errors, $"The folder '{folder["scenes"]}' is there already, and not of an earlier quick start");
        Assert.AreEqual("the user's", File.ReadAllText(photo));
    }

    [TestMethod]
    [DataRow("road.zip", "(the model with ROAD)")]
    [DataRow("scenes/picture.png", "(the scenes)")]
    public void APictureOverAnotherOutputIsRefused(string name, string role)
    {
        using TemporaryFolder folder = new();
        (int exitCode, string output, string errors) = Programs.Run(
            Programs.Example("QuickStart"), "--out", folder.Path, "--picture", folder[name]);

        Assert.AreEqual(2, exitCode, output);
        StringAssert.Contains(errors, $"'{folder[name]}' (--picture)");
        StringAssert.Contains(errors, role);
        Assert.IsEmpty(Directory.GetFileSystemEntries(folder.Path));
    }
}

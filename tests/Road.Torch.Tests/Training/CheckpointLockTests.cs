using Road.Torch.Training;

namespace Road.Torch.Tests.Training;

/// <summary>One training at a time in a folder of checkpoints.</summary>
[TestClass]
public sealed class CheckpointLockTests
{
    [TestMethod]
    public void ASecondTrainingIsToldWhoHasTheFolder()
    {
        using TemporaryFolder folder = new();
        using CheckpointLock held = CheckpointLock.Take(folder["state"]);

        IOException error = Assert.ThrowsExactly<IOException>(() => CheckpointLock.Take(folder["state"]));

        StringAssert.StartsWith(error.Message, $"Another training (process {Environment.ProcessId} on {Environment.MachineName}, since ");
        StringAssert.Contains(error.Message, $"keeps its state in '{folder["state"]}'");
    }

    [TestMethod]
    public void ATrainingThatEndedOrWasKilledLeavesTheFolderFree()
    {
        using TemporaryFolder folder = new();
        folder.Write("state/checkpoint.lock", "");
        folder.Write("state/checkpoint.holder", "process 1 on another host");
        for (int i = 0; i < 2; i++)
        {
            CheckpointLock.Take(folder["state"]).Dispose();
            Assert.IsEmpty(Directory.GetFileSystemEntries(folder["state"]));
        }
    }

    [TestMethod]
    public void ATrainingRefusesAFolderThatAnotherHas()
    {
        using TemporaryFolder folder = new();
        using CheckpointLock held = CheckpointLock.Take(folder["state"]);
        using TrainingFixture fixture = new(
            new RoadTrainingOptions { CropSize = 32, BatchSize = 1, Iterations = 1, CheckpointDirectory = folder["state"] });

        Assert.ThrowsExactly<IOException>(() => fixture.Train(new StripedSource(8, labelled: true), new StripedSource(8, labelled: false)));
    }
}

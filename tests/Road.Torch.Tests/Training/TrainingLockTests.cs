using System.Globalization;
using Road.Torch.Training;

namespace Road.Torch.Tests.Training;

/// <summary>Who may train in a folder.</summary>
[TestClass]
public sealed class TrainingLockTests
{
    // One that every system has, and has had since it started.
    private static readonly int FirstProcess = OperatingSystem.IsWindows() ? 4 : 1;

    [TestMethod]
    public void AFolderInUseIsRefusedNamingProcessHostAndLockAndIsFreeAfterwards()
    {
        using TemporaryFolder folder = new();
        using (TrainingLock.Take(folder["state"]))
        {
            IOException error = Assert.ThrowsExactly<IOException>(() => TrainingLock.Take(folder["state"]));
            StringAssert.Contains(error.Message, $"'{Path.GetFullPath(folder["state"])}' is in use");
            StringAssert.Contains(error.Message, string.Create(CultureInfo.InvariantCulture, $"process {Environment.ProcessId} on host '{Environment.MachineName}'"));
            StringAssert.Contains(error.Message, Lock(folder));
        }

        Assert.IsEmpty(Directory.GetFiles(folder["state"]));
        TrainingLock.Take(folder["state"]).Dispose();
    }

    [TestMethod]
    public void OnlyOneOfManyTakesAFolder()
    {
        using TemporaryFolder folder = new();
        Write(folder, int.MaxValue, Environment.MachineName, DateTime.UtcNow);
        List<TrainingLock> taken = [];
        Parallel.For(0, 16, _ =>
        {
            try
            {
                TrainingLock hold = TrainingLock.Take(folder["state"]);
                lock (taken)
                {
                    taken.Add(hold);
                }
            }
            catch (IOException)
            {
                // All but one.
            }
        });

        Assert.HasCount(1, taken);
        CollectionAssert.AreEqual(new[] { Lock(folder) }, Directory.GetFiles(folder["state"]));
        taken[0].Dispose();
        Assert.IsEmpty(Directory.GetFiles(folder["state"]));
    }

    [TestMethod]
    public void ALockOfAProcessThatIsNoMoreIsTakenOver()
    {
        using TemporaryFolder folder = new();
        Write(folder, int.MaxValue, Environment.MachineName, DateTime.UtcNow);
        TrainingLock.Take(folder["state"]).Dispose();

        // The number has gone to another process, or to this one.
        Write(folder, FirstProcess, Environment.MachineName, new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        if (!OperatingSystem.IsWindows())
        {
            TrainingLock.Take(folder["state"]).Dispose();
        }

        Write(folder, Environment.ProcessId, Environment.MachineName, DateTime.UtcNow);
        TrainingLock.Take(folder["state"]).Dispose();
        Assert.IsEmpty(Directory.GetFiles(folder["state"]));
    }

    [TestMethod]
    public void ALockOfALivingProcessOrOfAnotherHostIsLeftAlone()
    {
        using TemporaryFolder folder = new();
        Write(folder, FirstProcess, Environment.MachineName, DateTime.UtcNow);
        StringAssert.Contains(Assert.ThrowsExactly<IOException>(() => TrainingLock.Take(folder["state"])).Message, "remove its lock");

        Write(folder, int.MaxValue, "elsewhere", DateTime.UtcNow);
        StringAssert.Contains(Assert.ThrowsExactly<IOException>(() => TrainingLock.Take(folder["state"])).Message, "on host 'elsewhere'");

        File.WriteAllText(Lock(folder), "not a lock");
        StringAssert.Contains(Assert.ThrowsExactly<IOException>(() => TrainingLock.Take(folder["state"])).Message, Lock(folder));
        Assert.AreEqual("not a lock", File.ReadAllText(Lock(folder)));
    }

    [TestMethod]
    public void ATrainingHoldsItsFolderAndGivesItBackHoweverItEnds()
    {
        using TemporaryFolder folder = new();
        List<string> refusals = [];
        Train(folder, _ => refusals.Add(Assert.ThrowsExactly<IOException>(() => Train(folder, static _ => { })).Message));
        Assert.HasCount(2, refusals);

        using CancellationTokenSource cancellation = new();
        Assert.ThrowsExactly<NotSupportedException>(() => Train(folder, static _ => throw new NotSupportedException(), "error"));
        Assert.Throws<OperationCanceledException>(() => Train(folder, _ => cancellation.Cancel(), "cancelled", cancellation.Token));

        Assert.IsFalse(File.Exists(Lock(folder)));
        Assert.IsEmpty(Directory.GetFiles(folder["error"]));
        Assert.HasCount(1, Directory.GetFiles(folder["cancelled"]));
    }

    private static string Lock(TemporaryFolder folder) => Path.GetFullPath(folder["state/checkpoint.lock"]);

    private static void Write(TemporaryFolder folder, int process, string host, DateTime since)
    {
        Directory.CreateDirectory(folder["state"]);
        File.WriteAllText(
            Lock(folder),
            string.Create(CultureInfo.InvariantCulture, $$"""{"process":{{process}},"host":"{{host}}","since":"{{since:O}}","token":"{{Guid.NewGuid()}}"}"""));
    }

    private static void Train(TemporaryFolder folder, Action<RoadProgress> report, string name = "state", CancellationToken cancellation = default)
    {
        RoadTrainingOptions options = new()
        {
            CropSize = 32,
            BatchSize = 1,
            Iterations = 2,
            LearningRate = 0.01,
            LoaderWorkers = 1,
            ProgressInterval = 1,
            Progress = new ProgressRecorder([], report),
            CancellationToken = cancellation,
            CheckpointDirectory = folder[name],
        };
        using TrainingFixture fixture = new(options, new DropoutFactory());
        fixture.Train(new StripedSource(8, labelled: true), new StripedSource(8, labelled: false));
    }
}

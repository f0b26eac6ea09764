using Road.Torch.Networks;
using Road.Torch.Training;
using TorchSharp;

namespace Road.Torch.Tests.Training;

[TestClass]
public sealed class TrainingObserverTests
{
    [TestMethod]
    public void SeveralObserversHearEverythingInOrder()
    {
        using TemporaryFolder folder = new();
        Listener first = new() { Snapshots = true };
        Listener second = new();
        RoadTrainingOptions options = Options(folder, first, second);
        Train(options);

        string file = folder["state/checkpoint.safetensors"];
        Sequence.AreEqual(
            first.Heard,
            "started 0 of 4 on cpu from nothing",
            "progress 1", "progress 2", "snapshot 2", $"saved {file} 2", "progress 3", "progress 4", "snapshot 4", $"saved {file} 4",
            "ended 4 well");
        Sequence.AreEqual(second.Heard, [.. first.Heard.Where(static line => !line.StartsWith("snapshot", StringComparison.Ordinal))]);
        Assert.AreEqual("0.1", first.Start!.Settings["DistillationWeight"]);
        Assert.AreEqual("11, 3, 4", first.Start.Settings["Seed"]);
        Assert.IsTrue(first.Reports.TrueForAll(static report => report is { ImagesPerSecond: > 0, ResidentBytes: > 1 << 20 }));
    }

    [TestMethod]
    public void ATrainingThatGoesOnSaysFromWhere()
    {
        using TemporaryFolder folder = new();
        using CancellationTokenSource source = new();
        Listener broken = new() { OnProgress = report => { if (report.Iteration == 3) { source.Cancel(); } } };
        RoadTrainingOptions options = Options(folder, broken);
        options.CancellationToken = source.Token;
        Assert.ThrowsExactly<TrainingCanceledException>(() => Train(options));
        Assert.AreEqual($"saved {folder["state/checkpoint.safetensors"]} 3", broken.Heard[^2]);
        Assert.AreEqual("ended 3 TrainingCanceledException", broken.Heard[^1]);

        Listener rest = new() { Snapshots = true };
        Train(Options(folder, rest));
        Assert.AreEqual($"started 3 of 4 on cpu from {folder["state/checkpoint.safetensors"]}", rest.Heard[0]);
        Assert.AreEqual("progress 4", rest.Heard[1]);
    }

    [TestMethod]
    public void AnObserverThatThrowsEndsTheTrainingByItsNameAndTheOthersHearOfIt()
    {
        using TemporaryFolder folder = new();
        Listener other = new();
        Listener bad = new() { OnProgress = static _ => throw new NotSupportedException("No screen.") };
        TrainingObserverException error = Assert.ThrowsExactly<TrainingObserverException>(() => Train(Options(folder, bad, other)));
        Assert.AreEqual("The training's observer 'listener' failed: No screen.", error.Message);
        Assert.IsInstanceOfType<NotSupportedException>(error.InnerException);
        Assert.AreEqual("ended 1 TrainingObserverException", other.Heard[^1]);
    }

    [TestMethod]
    public void ASnapshotHasTheWeightsOfThatMoment()
    {
        using TemporaryFolder folder = new();
        List<byte[]> weights = [];
        Listener listener = new()
        {
            Snapshots = true,
            OnSnapshot = snapshot =>
            {
                using SegmentationNetwork copy = SegmentationNetworks.Get("deeplab-squeezenet1_1").Create(2);
                snapshot.CopyWeightsTo(copy);
                using DisposeScope scope = torch.NewDisposeScope();
                weights.Add([.. copy.state_dict().SelectMany(static pair => pair.Value.bytes.ToArray())]);
            },
        };
        byte[] end = Train(Options(folder, listener));
        Assert.HasCount(2, weights);
        CollectionAssert.AreNotEqual(weights[0], weights[1]);
        CollectionAssert.AreEqual(end, weights[1]);
    }

    [TestMethod]
    public void AnObserverEndsTheTrainingAndAllHearItsReason()
    {
        using TemporaryFolder folder = new();
        Listener first = new() { Snapshots = true, OnSnapshot = static snapshot => snapshot.Stop("seen enough") };
        Listener second = new() { Snapshots = true, OnSnapshot = static snapshot => snapshot.Stop("too late to say so") };
        RoadTrainingOptions options = Options(folder, first, second);
        options.ProgressInterval = 4;
        options.CheckpointInterval = 3;
        Train(options);

        // Its state is saved and its last progress told, though neither was due.
        string file = folder["state/checkpoint.safetensors"];
        Sequence.AreEqual(
            first.Heard,
            "started 0 of 4 on cpu from nothing", "snapshot 2", "progress 2", $"saved {file} 2", "ended 2 well: seen enough");
        Sequence.AreEqual(second.Heard, [.. first.Heard]);
        Listener speechless = new() { Snapshots = true, OnSnapshot = static snapshot => snapshot.Stop(" ") };
        Assert.IsInstanceOfType<ArgumentException>(
            Assert.ThrowsExactly<TrainingObserverException>(() => Train(Options(folder, speechless))).InnerException);
    }

    [TestMethod]
    public void WhatObserversWantKeptComesBackToEachOfThem()
    {
        using TemporaryFolder folder = new();
        using CancellationTokenSource source = new();
        Listener[] before =
        [
            new() { Kept = "first", OnProgress = report => { if (report.Iteration == 3) { source.Cancel(); } } },
            new() { Kept = "second" },
            new() { Title = "other", Kept = "\"third\" ü\n" },
        ];
        RoadTrainingOptions options = Options(folder, before);
        options.CancellationToken = source.Token;
        Assert.ThrowsExactly<TrainingCanceledException>(() => Train(options));

        // One has gone, one is new, and those of one name go by their order.
        Listener[] after = [new(), new() { Title = "new" }, new() { Title = "other" }];
        Train(Options(folder, after));
        Sequence.AreEqual(
            after.Select(static listener => listener.Heard[0]),
            "restored first", $"started 3 of 4 on cpu from {folder["state/checkpoint.safetensors"]}", "restored \"third\" ü\n");
    }

    private static RoadTrainingOptions Options(TemporaryFolder folder, params ITrainingObserver[] observers)
    {
        RoadTrainingOptions options = new()
        {
            CropSize = 32,
            BatchSize = 1,
            Iterations = 4,
            LoaderWorkers = 1,
            ProgressInterval = 1,
            EvaluationInterval = 2,
            CheckpointDirectory = folder["state"],
            CheckpointInterval = 2,
        };
        foreach (ITrainingObserver observer in observers)
        {
            options.Observers.Add(observer);
        }

        return options;
    }

    private static byte[] Train(RoadTrainingOptions options)
    {
        using TrainingFixture fixture = new(options);
        fixture.Train(new StripedSource(5, labelled: true), new StripedSource(5, labelled: false));
        return fixture.WeightBytes();
    }

    private sealed class Listener : ITrainingObserver
    {
        public List<string> Heard { get; } = [];

        public List<RoadProgress> Reports { get; } = [];

        public TrainingStart? Start { get; private set; }

        public bool Snapshots { get; init; }

        public Action<RoadProgress> OnProgress { get; init; } = static _ => { };

        public Action<TrainingSnapshot> OnSnapshot { get; init; } = static _ => { };

        public string Title { get; init; } = "listener";

        public string? Kept { get; init; }

        public string Name => Title;

        public bool WantsSnapshots => Snapshots;

        public string? SaveState() => Kept;

        public void RestoreState(string state) => Heard.Add($"restored {state}");

        public void Started(TrainingStart start)
        {
            Start = start;
            Heard.Add($"started {start.Iteration} of {start.Iterations} on {start.Device} from {start.CheckpointFile ?? "nothing"}");
        }

        public void Progress(RoadProgress progress)
        {
            Heard.Add($"progress {progress.Iteration}");
            Reports.Add(progress);
            OnProgress(progress);
        }

        public void Evaluated(TrainingSnapshot snapshot)
        {
            Heard.Add($"snapshot {snapshot.Iteration}");
            OnSnapshot(snapshot);
        }

        public void Saved(string checkpointFile, int iteration) => Heard.Add($"saved {checkpointFile} {iteration}");

        public void Ended(TrainingEnd end)
        {
            string reason = end.StopReason is null ? string.Empty : $": {end.StopReason}";
            Heard.Add($"ended {end.Iteration} {end.Error?.GetType().Name ?? "well"}{reason}");
        }
    }
}

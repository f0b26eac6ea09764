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

        public string Name => "listener";

        public bool WantsSnapshots => Snapshots;

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

        public void Ended(TrainingEnd end) => Heard.Add($"ended {end.Iteration} {end.Error?.GetType().Name ?? "well"}");
    }
}

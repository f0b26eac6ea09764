using Road.Torch.Training;

namespace Road.Torch.Tests.Training;

/// <summary>Trainings that end before their last step, in success.</summary>
[TestClass]
public sealed class EarlyStoppingTests
{
    private const int Iterations = 9;

    /// <summary>The values of evaluations after steps 1, 2, 3 and so on, and after which the training ends.</summary>
    public static IEnumerable<object[]> Runs =>
    [
        // 0.5 is the best; then three that are not better, an equal one among them.
        Run([0.1, 0.5, 0.4, 0.5, 0.3, 0.9, 0.9, 0.9, 0.9], 3, 0, false, 5, "than the 0.5 of iteration 2 in 3 evaluations"),

        // A better one begins the count anew.
        Run([0.5, 0.4, 0.6, 0.5, 0.5, 0.9, 0.9, 0.9, 0.9], 2, 0, false, 5, "than the 0.6 of iteration 3 in 2 evaluations"),

        // Small steps upwards count by what they are better than, so that 0.1 to 0.18 is not better and 0.21 is.
        Run(
            [0.1, 0.15, 0.18, 0.21, 0.25, 0.3, 0.3, 0.9, 0.9], 3, 0.1, false, 7,
            "by more than 0.1 than the 0.21 of iteration 4 in 3 evaluations"),

        // Of a loss, less is better.
        Run([0.5, 0.4, 0.45, 0.41, 0.1, 0.1, 0.1, 0.1, 0.1], 2, 0, true, 4, "than the 0.4 of iteration 2 in 2 evaluations"),

        // At the last step there is nothing to end.
        Run([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.6, 0.6], 2, 0, false, Iterations, null),
        Run([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9], 1, 0, false, Iterations, null),
    ];

    [TestMethod]
    [DynamicData(nameof(Runs))]
    public void ItEndsAfterAsManyEvaluationsWithoutABetterValue(
        double[] values, int patience, double least, bool smaller, int expected, string? reason)
    {
        SnapshotMetric metric = new("score", snapshot => values[snapshot.Iteration - 1]) { SmallerIsBetter = smaller };
        Recorder recorder = new();
        RoadTrainingOptions options = Options(recorder, Stopping(metric, patience, least));
        options.ProgressInterval = 4;

        TrainingEnd end = Train(options, out _);

        Assert.AreEqual(expected, end.Iteration);
        Assert.AreEqual(reason is null ? null : "score has not become better " + reason, end.StopReason);
        Assert.IsNull(end.Error);
        Assert.AreSame(end, recorder.End);

        // Every 4 steps and after the last, whichever that is, with nothing left of it once that is known.
        Sequence.AreEqual(
            recorder.Reports.Select(static report => report.Iteration), [.. Enumerable.Range(1, expected).Where(
                step => step % 4 == 0 || step == expected)]);
        Assert.IsTrue(expected == 4 || recorder.Reports[^1].Remaining == TimeSpan.Zero);
    }

    [TestMethod]
    public void TheResultIsWhatTheTrainingHadThenAndItStaysSo()
    {
        using TemporaryFolder folder = new();
        List<byte[]> passed = [];
        Recorder watch = new() { OnSnapshot = weights => passed.Add(weights()) };
        RoadTrainingOptions whole = Options(watch);
        Train(whole, out _, watch);
        Assert.HasCount(Iterations, passed);

        RoadTrainingOptions options = Options(Stopping(Falling(), 3, 0));
        Keep(options, folder);
        TrainingEnd end = Train(options, out byte[] weights);
        Assert.AreEqual(4, end.Iteration);
        CollectionAssert.AreEqual(passed[3], weights);

        // No step is taken any more, whoever follows it now.
        Recorder recorder = new();
        RoadTrainingOptions again = Options(recorder);
        Keep(again, folder);
        TrainingEnd same = Train(again, out byte[] later);
        Assert.AreEqual((4, end.StopReason), (same.Iteration, same.StopReason));
        Assert.IsEmpty(recorder.Reports);
        Assert.AreEqual(4, recorder.Start!.Iteration);
        CollectionAssert.AreEqual(weights, later);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    public void EvaluationsBeforeABreakCount(int broken)
    {
        using TemporaryFolder folder = new();
        TrainingEnd whole = Train(Options(Stopping(Falling(), 4, 0)), out byte[] expected);
        Assert.AreEqual(5, whole.Iteration);

        using CancellationTokenSource source = new();
        Recorder recorder = new() { OnProgress = report => { if (report.Iteration == broken) { source.Cancel(); } } };
        RoadTrainingOptions options = Options(recorder, Stopping(Falling(), 4, 0));
        Keep(options, folder);
        options.CancellationToken = source.Token;
        Assert.ThrowsExactly<TrainingCanceledException>(() => Train(options, out _));

        RoadTrainingOptions rest = Options(Stopping(Falling(), 4, 0));
        Keep(rest, folder);
        TrainingEnd resumed = Train(rest, out byte[] weights);
        Assert.AreEqual((whole.Iteration, whole.StopReason), (resumed.Iteration, resumed.StopReason));
        CollectionAssert.AreEqual(expected, weights);
    }

    [TestMethod]
    public void AnObserverThatIsUsedAgainBeginsAgain()
    {
        EarlyStopping stopping = Stopping(Falling(), 3, 0);
        Assert.AreEqual(4, Train(Options(stopping), out _).Iteration);
        Assert.AreEqual(4, Train(Options(stopping), out _).Iteration);
    }

    [TestMethod]
    public void AMetricThatIsNoNumberEndsTheTrainingByItsName()
    {
        RoadTrainingOptions options = Options(Stopping(new SnapshotMetric("mIoU", static _ => double.NaN), 3, 0));
        StringAssert.Contains(
            Assert.ThrowsExactly<TrainingObserverException>(() => Train(options, out _)).Message,
            "The training's observer 'early stopping by mIoU' failed: The metric 'mIoU' is NaN after iteration 1; to judge by, it must be");
    }

    [TestMethod]
    public void ObserversThatShareAMetricHaveItMeasuredOnce()
    {
        int measured = 0;
        SnapshotMetric metric = new("score", _ => ++measured);
        Train(Options(Stopping(metric, 3, 0), Stopping(metric, 5, 0.5)), out _);
        Assert.AreEqual(Iterations, measured);
    }

    [TestMethod]
    public void ADamagedStateIsNamed()
    {
        EarlyStopping stopping = Stopping(Falling(), 3, 0);
        foreach (string state in new[] { "", "null", "{}", "[1]" })
        {
            StringAssert.Contains(
                Assert.ThrowsExactly<InvalidDataException>(() => stopping.RestoreState(state)).Message,
                "The state of 'early stopping by score' is no list of evaluations.");
        }
    }

    private static object[] Run(double[] values, int patience, double least, bool smaller, int expected, string? reason) =>
        [values, patience, least, smaller, expected, reason!];

    private static EarlyStopping Stopping(SnapshotMetric metric, int patience, double least) =>
        new(metric) { Patience = patience, LeastImprovement = least };

    private static SnapshotMetric Falling() => new("score", static snapshot => 1.0 / snapshot.Iteration);

    private static RoadTrainingOptions Options(params ITrainingObserver[] observers)
    {
        RoadTrainingOptions options = new()
        {
            CropSize = 32,
            BatchSize = 1,
            Iterations = Iterations,
            LoaderWorkers = 1,
            ProgressInterval = 1,
            EvaluationInterval = 1,
            LearningRate = 1e-2,
            DistillationWeight = 0,
            SpatialWeight = 0,
        };
        foreach (ITrainingObserver observer in observers)
        {
            options.Observers.Add(observer);
        }

        return options;
    }

    private static void Keep(RoadTrainingOptions options, TemporaryFolder folder)
    {
        options.CheckpointDirectory = folder["state"];
        options.CheckpointInterval = 2;
    }

    private static TrainingEnd Train(RoadTrainingOptions options, out byte[] weights, Recorder? recorder = null)
    {
        using TrainingFixture fixture = new(options, new DropoutFactory());
        if (recorder is not null)
        {
            recorder.Weights = fixture.WeightBytes;
        }

        TrainingEnd end = fixture.Train(new StripedSource(5, labelled: true), null);
        weights = fixture.WeightBytes();
        return end;
    }

    private sealed class Recorder : ITrainingObserver
    {
        public Action<RoadProgress> OnProgress { get; init; } = static _ => { };

        public Action<Func<byte[]>>? OnSnapshot { get; init; }

        public Func<byte[]> Weights { get; set; } = static () => [];

        public List<RoadProgress> Reports { get; } = [];

        public TrainingStart? Start { get; private set; }

        public TrainingEnd? End { get; private set; }

        public bool WantsSnapshots => OnSnapshot is not null;

        public void Started(TrainingStart start) => Start = start;

        public void Progress(RoadProgress progress)
        {
            Reports.Add(progress);
            OnProgress(progress);
        }

        public void Evaluated(TrainingSnapshot snapshot) => OnSnapshot!(Weights);

        public void Ended(TrainingEnd end) => End = end;
    }
}

using Road.Torch.Training;

namespace Road.Torch.Tests.Training;

[TestClass]
public sealed class RoadTrainingTests
{
    private static RoadTrainingOptions Options(int iterations) => new()
    {
        CropSize = 64,
        BatchSize = 2,
        Iterations = iterations,
        LearningRate = 2e-3,
        LoaderWorkers = 1,
    };

    [TestMethod]
    public void TrainingLowersTheSegmentationLoss()
    {
        RoadTrainingOptions options = Options(30);
        options.ProgressInterval = 5;
        List<RoadProgress> reports = [];
        options.Progress = new ProgressRecorder(reports);
        using TrainingFixture fixture = new(options);

        fixture.Train(new StripedSource(8, labelled: true), new StripedSource(8, labelled: false));

        CollectionAssert.AreEqual(new[] { 5, 10, 15, 20, 25, 30 }, reports.Select(report => report.Iteration).ToArray());
        Assert.IsLessThan(0.7 * reports[0].Losses.Segmentation!.Value, reports[^1].Losses.Segmentation!.Value);
        Assert.IsTrue(reports.All(report => report.Losses.AreFinite && report.Losses["L_spt"] > 0 && report.Losses["L_dist"] >= 0));
        Assert.AreEqual(TimeSpan.Zero, reports[^1].Remaining);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void TheSameSeedGivesTheSameWeightsWhateverTheNumberOfWorkers(bool shuffled)
    {
        byte[][] results = [.. new[] { 1, 1, 3 }.Select(workers =>
        {
            RoadTrainingOptions options = Options(6);
            options.LoaderWorkers = workers;
            using TrainingFixture fixture = new(options);
            fixture.Train(new StripedSource(7, labelled: true, shuffled), new StripedSource(5, labelled: false, shuffled));
            return fixture.WeightBytes();
        })];

        CollectionAssert.AreEqual(results[0], results[1]);
        CollectionAssert.AreEqual(results[0], results[2]);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void FeaturesAreNormalizedOnceUnlessTheOptionsSayOtherwise(bool normalize)
    {
        float[] scales = [.. new[] { 1, 3 }.Select(iterations =>
        {
            RoadTrainingOptions options = Options(iterations);
            options.NormalizeFeatures = normalize;
            using TrainingFixture fixture = new(options);
            fixture.Train(new StripedSource(7, labelled: true), new StripedSource(5, labelled: false));
            return fixture.Network.FeatureScale.data<float>()[0];
        })];

        Assert.AreEqual(!normalize, scales[0] == 1, $"{scales[0]}");
        Assert.AreEqual(scales[0], scales[1]);
    }

    [TestMethod]
    public void AnotherSeedGivesOtherWeights()
    {
        byte[][] results = [.. new[] { 3, 4 }.Select(seed =>
        {
            using TrainingFixture fixture = new(Options(2));
            fixture.Train(new StripedSource(7, labelled: true), new StripedSource(5, labelled: false), seed);
            return fixture.WeightBytes();
        })];

        CollectionAssert.AreNotEqual(results[0], results[1]);
    }

    [TestMethod]
    public void WithoutAdaptationNoTargetIsNeeded()
    {
        RoadTrainingOptions options = Options(2);
        options.DistillationWeight = 0;
        options.SpatialWeight = 0;
        using TrainingFixture fixture = new(options);
        byte[] before = fixture.WeightBytes();

        fixture.Train(new StripedSource(4, labelled: true), target: null);

        CollectionAssert.AreNotEqual(before, fixture.WeightBytes());
    }

    [TestMethod]
    public void SourceWithoutALabelledPixelIsRefused()
    {
        RoadTrainingOptions options = Options(50);
        using TrainingFixture fixture = new(options);

        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() =>
            fixture.Train(new StripedSource(3, labelled: true) { AllIgnored = true }, new StripedSource(3, labelled: false)));

        StringAssert.Contains(error.Message, "No pixel of the source labels");
    }

    [TestMethod]
    public void AnEmptyDomainIsRefusedByName()
    {
        using TrainingFixture fixture = new(Options(2));

        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() =>
            fixture.Train(new StripedSource(3, labelled: true), new StripedSource(0, labelled: false)));

        StringAssert.Contains(error.Message, "target data has no rows");
    }

    [TestMethod]
    public void ADivergingTrainingSaysSo()
    {
        RoadTrainingOptions options = Options(40);
        options.LearningRate = 10;
        options.ProgressInterval = 1;
        using TrainingFixture fixture = new(options);

        TrainingDivergedException error = Assert.ThrowsExactly<TrainingDivergedException>(() =>
            fixture.Train(new StripedSource(4, labelled: true), new StripedSource(4, labelled: false)));

        StringAssert.Contains(error.Message, $"diverged by iteration {error.Iteration}: L_seg ");
        StringAssert.Contains(error.Message, "of a LearningRate of 10, with HeadLearningRateMultiplier 10");
        StringAssert.Contains(error.Message, "With a CheckpointDirectory and DivergenceRetries it goes back");
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void CancellationStopsTheTrainingAndTellsHowFarItCameAndWhatIsKept(bool keepsState)
    {
        using TemporaryFolder folder = new();
        using CancellationTokenSource cancellation = new();
        RoadTrainingOptions options = Options(1000);
        options.ProgressInterval = 1;
        options.CancellationToken = cancellation.Token;
        options.CheckpointDirectory = keepsState ? folder["state"] : null;
        List<RoadProgress> reports = [];
        options.Progress = new ProgressRecorder(reports, report => cancellation.Cancel());
        using TrainingFixture fixture = new(options);

        TrainingCanceledException error = Assert.ThrowsExactly<TrainingCanceledException>(() =>
            fixture.Train(new StripedSource(4, labelled: true), new StripedSource(4, labelled: false)));

        Assert.HasCount(1, reports);
        Assert.AreEqual(1, error.Iteration);
        Assert.AreEqual(keepsState ? folder["state/checkpoint.safetensors"] : null, error.CheckpointFile);
        CollectionAssert.AreEqual(
            keepsState ? [folder["state/checkpoint.safetensors"]] : Array.Empty<string>(),
            Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories));
    }
}

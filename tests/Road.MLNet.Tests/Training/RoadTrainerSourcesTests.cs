using Microsoft.ML;
using Road.Torch.Data;
using Road.Torch.Training;

namespace Road.MLNet.Tests.Training;

/// <summary>Trainings of several sources.</summary>
[TestClass]
public sealed class RoadTrainerSourcesTests
{
    [TestMethod]
    public void OneSourceIsWhatAViewIs()
    {
        using var folders = new TrainingFolders();
        var ml = new MLContext(7);
        using RoadTransformer view = ml.SemanticSegmentation.Trainers.Road(TrainerFixture.SourceOnly()).Fit(
            folders.Source(ml), folders.Target(ml));
        var other = new MLContext(7);
        using RoadTransformer source = other.SemanticSegmentation.Trainers.Road(TrainerFixture.SourceOnly()).Fit(
            [new WeightedSource(folders.Source(other), 3)], folders.Target(other));
        CollectionAssert.AreEqual(TrainerFixture.SavedWeights(ml, view), TrainerFixture.SavedWeights(other, source));
    }

    [TestMethod]
    public void SourcesOfTwoSizesAreMixedByWeightAndGoOnAfterABreak()
    {
        using var small = new TrainingFolders();
        using var large = new TrainingFolders(sources: 3, width: 90, height: 70);
        byte[] whole = Train(small, large, 1, static _ => { });
        byte[] other = Train(small, large, 1000, static _ => { });
        using CancellationTokenSource cancellation = new();
        Assert.ThrowsExactly<TrainingCanceledException>(() => Train(small, large, 1, options =>
        {
            options.CheckpointDirectory = small.Combine("state");
            options.CancellationToken = cancellation.Token;
            options.ProgressInterval = 1;
            options.Progress = new RecordingProgress(progress =>
            {
                if (progress.Iteration == 3)
                {
                    cancellation.Cancel();
                }
            });
        }));
        StringAssert.Contains(
            Assert.ThrowsExactly<InvalidOperationException>(
                () => Train(small, large, 2, options => options.CheckpointDirectory = small.Combine("state"))).Message,
            "Sources was 1, 1 at 64x48 and is now 1, 2 at 64x48");
        byte[] resumed = Train(small, large, 1, options =>
        {
            options.CheckpointDirectory = small.Combine("state");
            options.LoaderWorkers = 3;
        });

        CollectionAssert.AreEqual(whole, resumed);
        CollectionAssert.AreNotEqual(whole, other);
    }

    [TestMethod]
    public void SourcesOfOtherClassesOrWeightsAreRefused()
    {
        using var folders = new TrainingFolders();
        var ml = new MLContext(7);
        RoadTrainer trainer = ml.SemanticSegmentation.Trainers.Road(TrainerFixture.SourceOnly());
        WeightedSource[] sources =
            [new(folders.Source(ml)), new(folders.Source(ml, LabelEncoding.FromIds(["street", "car", "sky"])))];
        TrainerFixture.AssertMessage(
            Assert.ThrowsExactly<InvalidOperationException>(() => trainer.Fit(sources, folders.Target(ml))),
            "The labels of source 2 have the classes street, car, sky, those of the first road, car, sky");
        Assert.AreEqual(
            "sources", Assert.ThrowsExactly<ArgumentException>(() => trainer.Fit([], folders.Target(ml))).ParamName);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new WeightedSource(folders.Source(ml), 0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(
            () => new WeightedSource(folders.Source(ml)) { ImageSize = new ImageSize(8, 8) });
    }

    private static byte[] Train(TrainingFolders small, TrainingFolders large, double weight, Action<RoadTrainerOptions> configure)
    {
        var ml = new MLContext(7);
        RoadTrainerOptions options = TrainerFixture.SourceOnly();
        options.Iterations = 6;
        configure(options);
        WeightedSource[] sources =
            [new(small.Source(ml)), new(large.Source(ml), weight) { ImageSize = new ImageSize(64, 48) }];
        using RoadTransformer model = ml.SemanticSegmentation.Trainers.Road(options).Fit(sources, small.Target(ml));
        return TrainerFixture.SavedWeights(ml, model);
    }
}

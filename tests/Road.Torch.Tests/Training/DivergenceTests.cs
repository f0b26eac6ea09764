using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Road.Torch.Training;
using Road.Torch.Weights;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Training;

/// <summary>What a training that runs into NaN leaves, and how it goes on.</summary>
[TestClass]
public sealed class DivergenceTests
{
    [TestMethod]
    public void ACheckpointIsNeverWrittenFromADivergedStateWhateverTheIntervals()
    {
        foreach (int progress in new[] { 1, 7, 1000 })
        {
            using TemporaryFolder folder = new();
            RoadTrainingOptions options = Options(folder);
            options.LearningRate = 10;
            options.CheckpointInterval = 1;
            options.ProgressInterval = progress;
            using TrainingFixture fixture = new(options);
            TrainingDivergedException error = Assert.ThrowsExactly<TrainingDivergedException>(() => Train(fixture));

            StringAssert.Contains(error.Message, "The checkpoint is of before: with more DivergenceRetries than 0");
            JsonNode stored = Stored(folder, fixture);
            Assert.IsLessThan(error.Iteration, stored["iteration"]!.GetValue<int>());
        }
    }

    [TestMethod]
    public void ACancelledTrainingThatHasDivergedLeavesTheStateOfBefore()
    {
        using TemporaryFolder folder = new();
        using CancellationTokenSource cancellation = new();
        RoadTrainingOptions options = Options(folder);
        options.CancellationToken = cancellation.Token;

        Assert.Throws<OperationCanceledException>(() => Train(options, [], [3], poisoned: cancellation.Cancel));

        using TrainingFixture fixture = new(options, new DropoutFactory());
        Assert.AreEqual(2, Stored(folder, fixture)["iteration"]!.GetValue<int>());
    }

    [TestMethod]
    public void ATrainingThatMayGoBackEndsAtALowerRate()
    {
        using TemporaryFolder folder = new();
        RoadTrainingOptions options = Options(folder, retries: 2);
        List<RoadProgress> reports = [];

        byte[] weights = Train(options, reports, [5], out List<string> warnings);

        Assert.HasCount(1, warnings);
        StringAssert.Contains(warnings[0], "The training diverged by iteration 6: ");
        StringAssert.Contains(warnings[0], "Going on after iteration 4 with 0.1 of the learning rate (1 of 2 retries).");
        CollectionAssert.AreEqual(
            new[] { 1, 2, 3, 4, 5, 5, 6, 7, 8, 9, 10, 11, 12 }, reports.Select(static report => report.Iteration).ToArray());
        LearningRateSchedule schedule = new(0.01, options.Iterations, warmUp: 1);
        Assert.AreEqual(schedule.Rate(4), reports[4].LearningRate);
        Assert.AreEqual(schedule.Rate(4) * 0.1, reports[5].LearningRate);
        Assert.AreEqual(schedule.Rate(11) * 0.1, reports[^1].LearningRate);
        Assert.IsTrue(MemoryMarshal.Cast<byte, float>(weights).ToArray().All(float.IsFinite));
        using TrainingFixture fixture = new(options, new DropoutFactory());
        JsonNode stored = Stored(folder, fixture);
        Assert.AreEqual(
            (12, 14L, 1),
            (stored["iteration"]!.GetValue<int>(), stored["batchesDrawn"]!.GetValue<long>(), stored["retries"]!.GetValue<int>()));
    }

    [TestMethod]
    public void AStateThatWasGoneBackToInVainGivesWayToTheOneBefore()
    {
        using TemporaryFolder folder = new();
        byte[] weights = Train(Options(folder, retries: 5), [], [5, 5, 3, 7], out List<string> warnings);

        Assert.HasCount(4, warnings);
        foreach ((string warning, int iteration) in warnings.Zip([4, 2, 2, 6]))
        {
            StringAssert.Contains(warning, $"Going on after iteration {iteration} with ");
        }

        Assert.IsTrue(MemoryMarshal.Cast<byte, float>(weights).ToArray().All(float.IsFinite));
        Assert.HasCount(1, Directory.GetFiles(folder["state"]));
    }

    [TestMethod]
    public void ATrainingThatDivergesBeforeItsFirstCheckpointGoesBackToTheStart()
    {
        using TemporaryFolder folder = new();
        Train(Options(folder, retries: 1), [], [1], out List<string> warnings);

        Assert.HasCount(1, warnings);
        StringAssert.Contains(warnings[0], "Going on after iteration 0 with 0.1 of");
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(5)]
    public void ATrainingThatWentBackAndWasBrokenOffGoesOnToTheSameWeights(int poisoned)
    {
        using TemporaryFolder folder = new();
        byte[] expected = Train(Options(folder, retries: 2, name: "whole"), [], [poisoned], out _);

        using CancellationTokenSource cancellation = new();
        RoadTrainingOptions options = Options(folder, retries: 2);
        options.CancellationToken = cancellation.Token;
        Assert.Throws<OperationCanceledException>(() => Train(options, [], [poisoned], warn: _ => cancellation.Cancel()));
        byte[] resumed = Train(Options(folder, retries: 2), [], [], out List<string> warnings);

        Assert.IsEmpty(warnings);
        CollectionAssert.AreEqual(expected, resumed);
    }

    [TestMethod]
    public void ATrainingThatHasFailedGoesOnWhenItMayGoBack()
    {
        using TemporaryFolder folder = new();
        Assert.ThrowsExactly<TrainingDivergedException>(() => Train(Options(folder), [], [5]));
        List<RoadProgress> reports = [];

        Train(Options(folder, retries: 1), reports, [5], out List<string> warnings);

        Assert.HasCount(1, warnings);
        Assert.AreEqual(5, reports[0].Iteration);
        Assert.AreEqual(12, reports[^1].Iteration);
    }

    [TestMethod]
    public void RetriesThatAreUsedUpEndTheTrainingAndSayWhatTheyLeft()
    {
        using TemporaryFolder folder = new();
        TrainingDivergedException error = Assert.ThrowsExactly<TrainingDivergedException>(
            () => Train(Options(folder, retries: 2), [], [5, 5, 5]));

        Assert.AreEqual(6, error.Iteration);
        StringAssert.Contains(error.Message, "after 2 retries that left 0.01");
        StringAssert.Contains(error.Message, "with more DivergenceRetries than 2");
    }

    [TestMethod]
    public void OnlyTheEarlierFileLeftByABrokenWriteIsGoneOnFrom()
    {
        using TemporaryFolder folder = new();
        byte[] expected = Train(Options(folder, name: "whole"), [], [], out _);
        using CancellationTokenSource cancellation = new();
        RoadTrainingOptions options = Options(folder, retries: 1);
        options.CancellationToken = cancellation.Token;
        Assert.Throws<OperationCanceledException>(() => Train(options, [], [], at: (4, cancellation.Cancel)));
        File.Delete(folder["state/checkpoint.safetensors"]);
        Assert.IsTrue(File.Exists(folder["state/checkpoint.earlier.safetensors"]));
        List<RoadProgress> reports = [];

        byte[] resumed = Train(Options(folder, retries: 1), reports, [], out _);

        CollectionAssert.AreEqual(expected, resumed);
        Assert.AreEqual(3, reports[0].Iteration);
        Assert.HasCount(1, Directory.GetFiles(folder["state"]));
    }

    [TestMethod]
    public void WithoutACheckpointThereIsNothingToGoBackTo()
    {
        RoadTrainingOptions options = new() { CropSize = 32, BatchSize = 1, DivergenceRetries = 2 };

        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => Train(options, [], []));

        StringAssert.Contains(error.Message, "DivergenceRetries is 2");
        StringAssert.Contains(error.Message, "CheckpointDirectory");
    }

    [TestMethod]
    public void WeightsThatBecomeNaNInTheLastStepAreNotHandedOut()
    {
        RoadTrainingOptions options = new() { CropSize = 32, BatchSize = 1, Iterations = 1, LearningRate = 0.01, LoaderWorkers = 1 };
        using TrainingFixture fixture = new(options, new DropoutFactory());
        using (no_grad())
        {
            // No loss depends on it.
            ((TorchSharp.Modules.BatchNorm2d)fixture.Network.Backbone.Stages[0].Modules[1]).running_var![0] = float.PositiveInfinity;
        }

        TrainingDivergedException error = Assert.ThrowsExactly<TrainingDivergedException>(() => Train(fixture));

        StringAssert.Contains(error.Message, "the tensor 'network.");
        StringAssert.Contains(error.Message, "running_var' is not finite");
    }

    private static RoadTrainingOptions Options(TemporaryFolder folder, int retries = 0, string name = "state") => new()
    {
        CropSize = 32,
        BatchSize = 1,
        Iterations = 12,
        LearningRate = 0.01,
        LoaderWorkers = 1,
        ProgressInterval = 1,
        CheckpointInterval = 2,
        CheckpointDirectory = folder[name],
        DivergenceRetries = retries,
        DivergenceRateFactor = 0.1,
    };

    private static byte[] Train(
        RoadTrainingOptions options, List<RoadProgress> reports, IEnumerable<int> poisoned, out List<string> warnings)
    {
        List<string> received = warnings = [];
        return Train(options, reports, poisoned, warn: received.Add);
    }

    /// <summary>Trains, and makes a weight NaN after some steps, one after the other.</summary>
    private static byte[] Train(
        RoadTrainingOptions options,
        List<RoadProgress> reports,
        IEnumerable<int> steps,
        Action<string>? warn = null,
        Action? poisoned = null,
        (int Step, Action Action)? at = null)
    {
        Queue<int> left = new(steps);
        using TrainingFixture fixture = new(options, new DropoutFactory());
        options.Progress = new ProgressRecorder(reports, report =>
        {
            if (left.TryPeek(out int step) && step == report.Iteration)
            {
                left.Dequeue();
                using IDisposable noGradient = no_grad();
                fixture.Network.parameters().First().fill_(float.NaN);
                poisoned?.Invoke();
            }

            if (at is { } point && point.Step == report.Iteration)
            {
                point.Action();
            }
        });
        return Train(fixture, warn);
    }

    private static byte[] Train(TrainingFixture fixture, Action<string>? warn = null)
    {
        fixture.Train(new StripedSource(8, labelled: true), new StripedSource(8, labelled: false), warn: warn);
        return fixture.WeightBytes();
    }

    /// <summary>What the checkpoint of the folder says, which must be one that can be gone on from.</summary>
    private static JsonNode Stored(TemporaryFolder folder, TrainingFixture fixture)
    {
        Assert.HasCount(1, Directory.GetFiles(folder["state"]));
        using SafetensorsFile file = SafetensorsFile.Open(folder["state/checkpoint.safetensors"]);
        fixture.Engine.Restore(file);
        file.Verify();
        return JsonNode.Parse(file.Metadata["road.checkpoint"])!;
    }
}

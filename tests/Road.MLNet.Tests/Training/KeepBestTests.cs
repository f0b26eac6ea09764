using System.Collections.Concurrent;
using Microsoft.ML;
using Road.Torch;
using Road.Torch.Training;

namespace Road.MLNet.Tests.Training;

/// <summary>The best of the models on the way as the result, by metrics whose values are written out here.</summary>
[TestClass]
public sealed class KeepBestTests
{
    private const int Iterations = 5;

    [TestMethod]
    [DataRow(Precision.Float32, true)]
    [DataRow(Precision.Float32, false)]
    [DataRow(Precision.BFloat16, true)]
    [DataRow(Precision.BFloat16, false)]
    public void FitReturnsTheFirstOfTheBest(Precision precision, bool hasCheckpoint)
    {
        using var folders = new TrainingFolders();
        byte[][] passed = Pass(folders, precision);
        KeepBest keeper = new(Scripted(0.1, 0.7, 0.3, 0.7, 0.2)) { ModelFile = folders.Combine("new/best.zip") };
        RoadTrainerOptions options = Options(folders, precision, keeper);
        options.CheckpointDirectory = hasCheckpoint ? folders.Combine("state") : null;
        ConcurrentQueue<string> log = [];
        byte[] weights = Fit(folders, options, out TrainingEnd? end, log);

        CollectionAssert.AreEqual(passed[1], weights);
        CollectionAssert.AreNotEqual(passed[^1], weights);
        Assert.AreEqual((2, 0.7), (keeper.BestIteration, keeper.BestValue));
        Assert.AreEqual(Iterations, end!.Iteration);
        CollectionAssert.Contains(log, "The result is the model of iteration 2, the best by score (0.7).");

        var ml = new MLContext();
        using RoadTransformer loaded = (RoadTransformer)ml.Model.Load(folders.Combine("new/best.zip"), out _);
        CollectionAssert.AreEqual(passed[1], TrainerFixture.SavedWeights(ml, loaded));
        Assert.IsNull(loaded.Training);

        // A training that is done gives the same again.
        if (hasCheckpoint)
        {
            KeepBest again = new(Scripted(0, 0, 0, 0, 0.2));
            RoadTrainerOptions sameOptions = Options(folders, precision, again);
            sameOptions.CheckpointDirectory = folders.Combine("state");
            CollectionAssert.AreEqual(passed[1], Fit(folders, sameOptions, out _));
            Assert.AreEqual((2, 0.7), (again.BestIteration, again.BestValue));
        }
    }

    [TestMethod]
    public void OfALossTheSmallestIsTheBestAndTheResultMayStayTheLast()
    {
        using var folders = new TrainingFolders();
        byte[][] passed = Pass(folders, Precision.Float32);
        SnapshotMetric loss = new("loss", static snapshot => Math.Abs(snapshot.Iteration - 3)) { SmallerIsBetter = true };
        KeepBest keeper = new(loss) { IsResult = false };
        CollectionAssert.AreEqual(passed[^1], Fit(folders, Options(folders, Precision.Float32, keeper), out _));
        Assert.AreEqual((3, 0.0), (keeper.BestIteration, keeper.BestValue));

        keeper.IsResult = true;
        CollectionAssert.AreEqual(passed[2], Fit(folders, Options(folders, Precision.Float32, keeper), out _));
        Assert.AreEqual(3, keeper.BestIteration);
    }

    /// <summary>
    /// Breaks after each step, with a state saved every second step: in the middle between the best and the state, before and after both.
    /// </summary>
    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(4)]
    public void ATrainingThatWasKilledGivesTheSameModel(int broken)
    {
        using var folders = new TrainingFolders();
        byte[][] passed = Pass(folders, Precision.BFloat16);
        double[] values = [0.1, 0.2, 0.7, 0.3, 0.2];

        // What throws in an observer leaves the last state that was saved, as a kill does.
        KeepBest first = new(new SnapshotMetric("score", snapshot =>
            snapshot.Iteration == broken ? throw new TimeZoneNotFoundException() : values[snapshot.Iteration - 1]));
        Assert.ThrowsExactly<TrainingObserverException>(() => Fit(folders, Kept(first), out _));

        KeepBest second = new(Scripted(values));
        CollectionAssert.AreEqual(passed[2], Fit(folders, Kept(second), out _));
        Assert.AreEqual((3, 0.7), (second.BestIteration, second.BestValue));

        RoadTrainerOptions Kept(KeepBest keeper)
        {
            RoadTrainerOptions options = Options(folders, Precision.BFloat16, keeper);
            options.CheckpointDirectory = folders.Combine("state");
            options.CheckpointInterval = 2;
            return options;
        }
    }

    [TestMethod]
    public void TheBestOfATrainingThatEndedEarlyIsKept()
    {
        using var folders = new TrainingFolders();
        byte[][] passed = Pass(folders, Precision.Float32);
        SnapshotMetric metric = Scripted(0.1, 0.7, 0.3, 0.2, 0.9);
        RoadTrainerOptions options = Options(folders, Precision.Float32, new KeepBest(metric), new EarlyStopping(metric) { Patience = 2 });
        ConcurrentQueue<string> log = [];
        byte[] weights = Fit(folders, options, out TrainingEnd? end, log);
        CollectionAssert.AreEqual(passed[1], weights);
        Assert.AreEqual(4, end!.Iteration);
        Assert.AreEqual("score has not become better than the 0.7 of iteration 2 in 2 evaluations", end.StopReason);
        CollectionAssert.Contains(log, $"Stopped early, after iteration 4: {end.StopReason}.");
    }

    [TestMethod]
    public void ABestThatAveragesWeightsIsTheMeanOfThatMoment()
    {
        using var folders = new TrainingFolders();
        RoadTrainerOptions plain = Options(folders, Precision.BFloat16);
        byte[][] averaged = Pass(folders, Precision.BFloat16, 0.5);
        CollectionAssert.AreNotEqual(Pass(folders, Precision.BFloat16)[1], averaged[1]);
        RoadTrainerOptions options = Options(folders, Precision.BFloat16, new KeepBest(Scripted(0.1, 0.7, 0.3, 0.7, 0.2)));
        options.WeightAveraging.Decay = 0.5;
        ConcurrentQueue<string> log = [];
        CollectionAssert.AreEqual(averaged[1], Fit(folders, options, out _, log));
        Assert.IsTrue(log.Any(static line => line.Contains("; weights averaged with decay 0.5; BFloat16.", StringComparison.Ordinal)));
        Assert.IsNull(plain.WeightAveraging.Decay);
    }

    [TestMethod]
    public void BestWeightsThatAreGoneOrDamagedAreNamed()
    {
        using var folders = new TrainingFolders();
        Fit(folders, Kept(Scripted(0.1, 0.7, 0.3, 0.7, 0.2)), out _);
        string file = folders.Combine("state/checkpoint.best.safetensors");
        byte[] content = File.ReadAllBytes(file);

        File.Delete(file);
        StringAssert.Contains(Refuse("score"), $"The best weights so far, of iteration 2, are not in '{file}' any more.");

        File.WriteAllBytes(file, content[..^1]);
        StringAssert.Contains(Refuse("score"), file);
        content[^1] ^= 1;
        File.WriteAllBytes(file, content);
        StringAssert.Contains(Refuse("score"), "SHA-256");

        // The best by another metric says nothing of this one.
        content[^1] ^= 1;
        File.WriteAllBytes(file, content);
        KeepBest other = new(new SnapshotMetric("other", static _ => 0.01));
        RoadTrainerOptions options = Kept(Scripted(0));
        options.Observers.Clear();
        options.Observers.Add(other);
        Fit(folders, options, out _);
        Assert.AreEqual((Iterations, 0.01), (other.BestIteration, other.BestValue));

        string Refuse(string name) => Assert.ThrowsExactly<TrainingObserverException>(
            () => Fit(folders, Kept(new SnapshotMetric(name, static _ => 0.2)), out _)).Message;

        RoadTrainerOptions Kept(SnapshotMetric metric)
        {
            RoadTrainerOptions kept = Options(folders, Precision.Float32, new KeepBest(metric));
            kept.CheckpointDirectory = folders.Combine("state");
            return kept;
        }
    }

    [TestMethod]
    public void TwoThatWouldGiveTheResultAreRefusedBeforeTheTraining()
    {
        using var folders = new TrainingFolders();
        SnapshotMetric metric = Scripted(1);
        StringAssert.Contains(
            Assert.ThrowsExactly<InvalidOperationException>(() => Fit(
                folders, Options(folders, Precision.Float32, new KeepBest(metric), new KeepBest(metric)), out _)).Message,
            "2 observers are to give the result: set IsResult of all but one KeepBest to false.");
    }

    [TestMethod]
    public void NetworksAreFreedWhicheverIsKept()
    {
        using var folders = new TrainingFolders();
        RecordingFactory network = new();
        RoadTrainerOptions options = Options(folders, Precision.Float32, new KeepBest(Scripted(0.1, 0.7, 0.3, 0.8, 0.2)));
        options.Network = network;
        Fit(folders, options, out _);
        Assert.IsEmpty(network.Alive());

        RoadTrainerOptions failing = Options(
            folders, Precision.Float32,
            new KeepBest(new SnapshotMetric("score", static snapshot => snapshot.Iteration == 3 ? double.NaN : 1)));
        failing.Network = network;
        Assert.ThrowsExactly<TrainingObserverException>(() => Fit(folders, failing, out _));
        Assert.IsEmpty(network.Alive());
    }

    [TestMethod]
    public void TheModelsThemselvesAreMeasured()
    {
        using var folders = new TrainingFolders();
        var ml = new MLContext();
        IDataView labelled = ml.Data.AsTargetDomain(ml.Data.LoadSegmentationFolder(folders.SourceImages, folders.SourceLabels));
        labelled = ml.Transforms.LoadImages("TargetImage", null, "TargetImagePath")
            .Append(ml.Transforms.LoadLabelMasks("Label", null, "LabelPath", TrainingFolders.Encoding)).Fit(labelled).Transform(labelled);
        SnapshotMetricCatalog metrics = ml.SemanticSegmentation.SnapshotMetrics;
        List<double> own = [];
        List<KeepBest> keepers =
        [
            new(metrics.MeanIntersectionOverUnion(labelled)),
            new(metrics.MeanIntersectionOverUnion(labelled, classNames: ["car"], name: "IoU of cars")) { IsResult = false },
            new(metrics.MeanConfidence(folders.Target(ml))) { IsResult = false },
            new(metrics.MeanEntropy(folders.Target(ml))) { IsResult = false },
        ];
        RoadTrainerOptions options = Options(folders, Precision.Float32, [.. keepers]);
        options.Evaluation = snapshot =>
        {
            using (snapshot.Model)
            {
                own.Add(ml.SemanticSegmentation.Evaluate(snapshot.Model.Transform(labelled)).MeanIntersectionOverUnion);
            }
        };
        Fit(folders, options, out _);

        Assert.AreEqual(own.Max(), keepers[0].BestValue);
        Assert.AreEqual(own.IndexOf(own.Max()) + 1, keepers[0].BestIteration);
        Assert.IsTrue(keepers[1].BestValue is > 0 and <= 1, $"{keepers[1].BestValue}");

        // Of three classes.
        Assert.IsTrue(keepers[2].BestValue is > 1.0 / 3 and <= 1, $"{keepers[2].BestValue}");
        Assert.IsTrue(keepers[3].BestValue > 0 && keepers[3].BestValue < Math.Log(3), $"{keepers[3].BestValue}");
    }

    /// <summary>Two pixels of three classes: 0.5, 0.25, 0.25, and 0, 1, 0.</summary>
    [TestMethod]
    public void ConfidenceAndEntropyAreThoseWorkedOutByHand()
    {
        float[] probabilities = [0.5f, 0, 0.25f, 1, 0.25f, 0];
        Assert.AreEqual(1.5, SnapshotMetricCatalog.SumOfConfidences(probabilities, 2), 1e-7);

        // -(1/2 ln 1/2 + 2 x 1/4 ln 1/4) = 3/2 ln 2, and nothing of what is sure.
        Assert.AreEqual(1.5 * Math.Log(2), SnapshotMetricCatalog.SumOfEntropies(probabilities, 2), 1e-7);
    }

    private static SnapshotMetric Scripted(params double[] values) => new("score", snapshot => values[snapshot.Iteration - 1]);

    private static RoadTrainerOptions Options(TrainingFolders folders, Precision precision, params ITrainingObserver[] observers)
    {
        RoadTrainerOptions options = TrainerFixture.SourceOnly();
        options.Precision = precision;
        options.Iterations = Iterations;
        options.EvaluationInterval = 1;
        foreach (ITrainingObserver observer in observers)
        {
            options.Observers.Add(observer);
        }

        return options;
    }

    /// <summary>The weights after each step.</summary>
    private static byte[][] Pass(TrainingFolders folders, Precision precision, double? decay = null)
    {
        var ml = new MLContext();
        List<byte[]> passed = [];
        RoadTrainerOptions options = Options(folders, precision);
        options.WeightAveraging.Decay = decay;
        options.Evaluation = snapshot =>
        {
            using (snapshot.Model)
            {
                passed.Add(TrainerFixture.SavedWeights(ml, snapshot.Model));
            }
        };
        Fit(folders, options, out _);
        return [.. passed];
    }

    private static byte[] Fit(
        TrainingFolders folders, RoadTrainerOptions options, out TrainingEnd? end, ConcurrentQueue<string>? log = null)
    {
        var ml = new MLContext(seed: 3);
        ml.Log += (_, message) => log?.Enqueue(message.RawMessage);
        using RoadTransformer model = ml.SemanticSegmentation.Trainers.Road(options).Fit(folders.Source(ml));
        end = model.Training;
        return TrainerFixture.SavedWeights(ml, model);
    }
}

using Microsoft.ML;
using Road.Torch;
using Road.Torch.Networks;

namespace Road.MLNet.Tests.Training;

[TestClass]
public sealed class RoadTrainerEvaluationTests
{
    [TestMethod]
    public void SnapshotsComeAtTheIntervalAndAfterTheLastStep()
    {
        using var folders = new TrainingFolders();
        List<(int, int)> seen = [];
        RoadTrainerOptions options = Options(folders, iterations: 7, interval: 3);
        options.Evaluation = snapshot =>
        {
            seen.Add((snapshot.Iteration, snapshot.Iterations));
            snapshot.Model.Dispose();
        };
        Train(folders, options).Dispose();
        CollectionAssert.AreEqual(new[] { (3, 7), (6, 7), (7, 7) }, seen);
    }

    [TestMethod]
    public void EvaluationLeavesTheTrainingAsItIs()
    {
        using var folders = new TrainingFolders();

        // PSPNet's dropout draws in training and must not in evaluation.
        SegmentationNetworkFactory network = new PspNetFactory { BackboneName = "squeezenet1_1" };
        RoadTrainerOptions options = Options(folders, 4, 1, network);
        byte[] expected = Weights(folders, options);
        var ml = new MLContext();
        options.Evaluation = snapshot =>
        {
            using (snapshot.Model)
            {
                Assert.HasCount(3, TrainerFixture.Masks(snapshot.Model.Transform(folders.Target(ml))));
            }
        };
        CollectionAssert.AreEqual(expected, Weights(folders, options));
    }

    [TestMethod]
    [DataRow(Precision.Float32)]
    [DataRow(Precision.BFloat16)]
    public void ASnapshotKeepsItsWeightsAndTheLastOneHasTheModels(Precision precision)
    {
        using var folders = new TrainingFolders();
        var ml = new MLContext();
        List<(RoadTransformer Model, byte[] Weights)> snapshots = [];
        RoadTrainerOptions options = Options(folders, 4, 2, SegmentationNetworks.Get("deeplab-squeezenet1_1"));
        options.Precision = precision;
        options.Evaluation = snapshot => snapshots.Add((snapshot.Model, TrainerFixture.SavedWeights(ml, snapshot.Model)));
        using RoadTransformer model = Train(folders, options);

        Assert.HasCount(2, snapshots);
        CollectionAssert.AreEqual(snapshots[0].Weights, TrainerFixture.SavedWeights(ml, snapshots[0].Model));
        CollectionAssert.AreNotEqual(snapshots[0].Weights, snapshots[1].Weights);
        CollectionAssert.AreEqual(TrainerFixture.SavedWeights(ml, model), snapshots[1].Weights);
        foreach ((RoadTransformer snapshot, _) in snapshots)
        {
            snapshot.Dispose();
        }

        Assert.HasCount(3, TrainerFixture.Masks(model.Transform(folders.Target(ml))));
    }

    [TestMethod]
    public void WhatAnEvaluationThrowsEndsTheTrainingAndFreesIt()
    {
        using var folders = new TrainingFolders();
        RecordingFactory network = new();
        RoadTrainerOptions options = Options(folders, 4, 2, network);
        options.Evaluation = snapshot =>
        {
            snapshot.Model.Dispose();
            throw new InvalidOperationException("good enough");
        };
        Assert.AreEqual("good enough", Assert.ThrowsExactly<InvalidOperationException>(() => Train(folders, options)).Message);
        Assert.IsEmpty(network.Alive());
    }

    private static RoadTrainerOptions Options(
        TrainingFolders folders, int iterations, int interval, SegmentationNetworkFactory? network = null)
    {
        RoadTrainerOptions options = TrainerFixture.Adapting(folders, network);
        options.BatchSize = 2;
        options.Iterations = iterations;
        options.EvaluationInterval = interval;
        return options;
    }

    private static RoadTransformer Train(TrainingFolders folders, RoadTrainerOptions options)
    {
        var ml = new MLContext(seed: 3);
        return ml.SemanticSegmentation.Trainers.Road(options).Fit(folders.Both(ml));
    }

    private static byte[] Weights(TrainingFolders folders, RoadTrainerOptions options)
    {
        using RoadTransformer model = Train(folders, options);
        return TrainerFixture.SavedWeights(new MLContext(), model);
    }
}

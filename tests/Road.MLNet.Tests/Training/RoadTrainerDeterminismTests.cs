using Microsoft.ML;

namespace Road.MLNet.Tests.Training;

[TestClass]
public sealed class RoadTrainerDeterminismTests
{
    [TestMethod]
    public void TheSameSeedGivesTheSameWeightsToTheBitWhateverTheNumberOfWorkers()
    {
        using var folders = new TrainingFolders();
        byte[] expected = Train(folders, seed: 7, workers: 1);
        foreach (int workers in new[] { 1, 2, 3, 8 })
        {
            CollectionAssert.AreEqual(expected, Train(folders, seed: 7, workers), $"{workers} workers");
        }
    }

    [TestMethod]
    public void TheSameSeedGivesTheSameWeightsFromViewsThatCannotBeShuffled()
    {
        using var folders = new TrainingFolders();
        CollectionAssert.AreEqual(Train(folders, 7, workers: 1, shuffled: false), Train(folders, 7, workers: 3, shuffled: false));
    }

    [TestMethod]
    public void AnotherSeedGivesOtherWeights()
    {
        using var folders = new TrainingFolders();
        CollectionAssert.AreNotEqual(Train(folders, seed: 7, workers: 2), Train(folders, seed: 8, workers: 2));
    }

    private static byte[] Train(TrainingFolders folders, int seed, int workers, bool shuffled = true)
    {
        var ml = new MLContext(seed);
        RoadTrainerOptions options = TrainerFixture.Adapting(folders);
        options.LoaderWorkers = workers;
        options.BatchSize = 2;
        options.Iterations = 8;
        IDataView view = folders.Both(ml);
        using RoadTransformer model = ml.SemanticSegmentation.Trainers.Road(options).Fit(
            shuffled ? view : new CountingView(view, canShuffle: false));
        return TrainerFixture.SavedWeights(ml, model);
    }
}

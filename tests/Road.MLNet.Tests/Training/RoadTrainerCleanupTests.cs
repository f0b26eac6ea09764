using System.Runtime.CompilerServices;
using Microsoft.ML;

namespace Road.MLNet.Tests.Training;

/// <summary>Cancelled, failed and finished trainings leave no network, cursor or thread behind.</summary>
[TestClass]
public sealed class RoadTrainerCleanupTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void ACancelledTrainingStopsAtTheNextStepAndLeavesNothing()
    {
        using var folders = new TrainingFolders();
        using var cancellation = new CancellationTokenSource();
        RoadTrainerOptions options = TrainerFixture.Adapting(folders);
        int last = 0;
        options.Iterations = 1000;
        options.ProgressInterval = 1;
        options.LoaderWorkers = 3;
        options.CancellationToken = cancellation.Token;
        options.Progress = new RecordingProgress(progress =>
        {
            last = progress.Iteration;
            if (last == 5)
            {
                cancellation.Cancel();
            }
        });
        var view = new CountingView(folders.Both(_ml));

        Assert.Throws<OperationCanceledException>(() => _ml.SemanticSegmentation.Trainers.Road(options).Fit(view));

        Assert.AreEqual(5, last);
        Assert.IsGreaterThan(0, view.Opened);
        Assert.AreEqual(0, view.Open);
        Assert.IsEmpty(((RecordingFactory)options.Network).Alive());
    }

    [TestMethod]
    public void ACancelledTokenStopsATrainingBeforeItsFirstStep()
    {
        using var folders = new TrainingFolders();
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();
        RoadTrainerOptions options = TrainerFixture.SourceOnly();
        options.CancellationToken = cancellation.Token;
        var view = new CountingView(folders.Source(_ml));
        Assert.Throws<OperationCanceledException>(() => _ml.SemanticSegmentation.Trainers.Road(options).Fit(view));
        Assert.AreEqual(0, view.Open);
    }

    [TestMethod]
    public void CancellingWhileTheLoaderWaitsForItsDataEndsTheTraining()
    {
        using var folders = new TrainingFolders();
        using var cancellation = new CancellationTokenSource();
        RoadTrainerOptions options = TrainerFixture.SourceOnly();
        options.CancellationToken = cancellation.Token;
        IDataView view = WithLabels(_ml.Data.LoadFromEnumerable(Stream()));
        Assert.Throws<OperationCanceledException>(() => _ml.SemanticSegmentation.Trainers.Road(options).Fit(view));

        IEnumerable<TrainerFixture.ImageRow> Stream()
        {
            yield return new TrainerFixture.ImageRow
            {
                SourceImage = Scoring.ScoringFixture.CreateImage(1, 48, 40),
                LabelPath = folders.SourceLabel(0)
            };

            // The training waits for a pool of crops; the stream gives none before it ends.
            cancellation.Cancel();
        }
    }

    [TestMethod]
    public void AnExceptionOfTheUsersDataSurfacesAsItIs()
    {
        using var folders = new TrainingFolders();
        IDataView view = WithLabels(_ml.Data.LoadFromEnumerable(Stream()));
        RoadTrainerOptions options = TrainerFixture.SourceOnly();
        Exception error = Assert.ThrowsExactly<NotSupportedException>(() => _ml.SemanticSegmentation.Trainers.Road(options).Fit(view));
        Assert.AreEqual("The camera is gone.", error.Message);
        StringAssert.Contains(error.StackTrace, nameof(Stream), StringComparison.Ordinal);
        Assert.IsEmpty(((RecordingFactory)options.Network).Alive());

        IEnumerable<TrainerFixture.ImageRow> Stream()
        {
            yield return new TrainerFixture.ImageRow
            {
                SourceImage = Scoring.ScoringFixture.CreateImage(1, 48, 40),
                LabelPath = folders.SourceLabel(0)
            };
            throw new NotSupportedException("The camera is gone.");
        }
    }

    [TestMethod]
    public void AnExceptionOfTheUsersProgressEndsTheTraining()
    {
        using var folders = new TrainingFolders();
        RoadTrainerOptions options = TrainerFixture.Adapting(folders);
        options.Progress = new RecordingProgress(_ => throw new NotSupportedException("No screen."));
        var view = new CountingView(folders.Both(_ml));
        Exception error = Assert.ThrowsExactly<NotSupportedException>(() => _ml.SemanticSegmentation.Trainers.Road(options).Fit(view));
        Assert.AreEqual("No screen.", error.Message);
        Assert.IsEmpty(((RecordingFactory)options.Network).Alive());
        Assert.AreEqual(0, view.Open);
    }

    [TestMethod]
    public void AFinishedTrainingKeepsOnlyItsModelsNetwork()
    {
        using var folders = new TrainingFolders();
        var view = new CountingView(folders.Both(_ml));
        RoadTrainerOptions options = TrainerFixture.Adapting(folders);
        options.FrozenStages = 1;
        RoadTransformer model = _ml.SemanticSegmentation.Trainers.Road(options).Fit(view);
        var factory = (RecordingFactory)options.Network;
        Assert.AreEqual(3, factory.Created(), "that of the weights' file, the network, the teacher");
        Assert.HasCount(1, factory.Alive(), "the network lives, the teacher does not");
        Assert.AreEqual(0, view.Open);
        model.Dispose();
        Assert.IsEmpty(factory.Alive());
    }

    [TestMethod]
    public void NothingHoldsTheDataOfAFinishedTraining()
    {
        using var folders = new TrainingFolders();
        WeakReference[] references = Train(folders);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.IsTrue(references.All(reference => !reference.IsAlive));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference[] Train(TrainingFolders folders)
    {
        var view = new CountingView(folders.Both(_ml));
        RoadTransformer model = _ml.SemanticSegmentation.Trainers.Road(TrainerFixture.Adapting(folders)).Fit(view);
        model.Dispose();
        return [new WeakReference(view)];
    }

    private IDataView WithLabels(IDataView view) =>
        _ml.Transforms.LoadLabelMasks("SourceLabel", null, "LabelPath", TrainingFolders.Encoding).Fit(view).Transform(view);
}

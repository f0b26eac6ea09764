using System.Globalization;
using Microsoft.ML;
using Road.Torch.Training;

namespace Road.MLNet.Tests.Extension;

/// <summary>An observer that lives outside Road's assemblies ends a training, and remembers what it has seen where one goes on.</summary>
[TestClass]
public sealed class OwnObserverTests
{
    [TestMethod]
    public void AnObserverOfOnesOwnEndsTheTrainingInSuccess()
    {
        using var folder = new StreetFolder();
        using RoadTransformer model = Train(folder, Options(new Ceiling(0.5), new KeepBest(ByIteration())));
        Assert.AreEqual(3, model.Training!.Iteration);
        Assert.AreEqual("3 snapshots are enough", model.Training.StopReason);
    }

    [TestMethod]
    public void WhatItHasSeenComesBackWithTheCheckpoint()
    {
        using var folder = new StreetFolder();
        RoadTrainerOptions broken = Options(new Ceiling(0.5), new Failing(2));
        broken.CheckpointDirectory = folder.Combine("state");
        broken.CheckpointInterval = 1;
        Assert.ThrowsExactly<TrainingObserverException>(() => Train(folder, broken));

        Ceiling ceiling = new(0.5);
        RoadTrainerOptions rest = Options(ceiling);
        rest.CheckpointDirectory = broken.CheckpointDirectory;
        using RoadTransformer model = Train(folder, rest);
        Assert.AreEqual(1, ceiling.Restored);
        Assert.AreEqual(3, model.Training!.Iteration);
    }

    private static SnapshotMetric ByIteration() => new("iteration", snapshot => snapshot.Iteration);

    private static RoadTrainerOptions Options(params ITrainingObserver[] observers)
    {
        RoadTrainerOptions options = new()
        {
            Network = new MixerFactory { Channels = 12 },
            DistillationWeight = 0,
            SpatialWeight = 0,
            CropSize = 32,
            BatchSize = 1,
            Iterations = 6,
            LoaderWorkers = 1,
            EvaluationInterval = 1,
        };
        foreach (ITrainingObserver observer in observers)
        {
            options.Observers.Add(observer);
        }

        return options;
    }

    private static RoadTransformer Train(StreetFolder folder, RoadTrainerOptions options)
    {
        var ml = new MLContext(seed: 3);
        IDataView source = ml.Data.LoadSegmentationFolder(folder.Combine("source"), folder.Combine("source-labels"));
        source = ml.Transforms.LoadImages("SourceImage", null, "ImagePath")
            .Append(ml.Transforms.LoadLabelMasks("SourceLabel", null, "LabelPath", StreetFolder.Encoding)).Fit(source).Transform(source);
        return ml.SemanticSegmentation.Trainers.Road(options).Fit(source);
    }

    /// <summary>Ends a training once it has seen the share of its steps, counted by itself.</summary>
    private sealed class Ceiling(double share) : ITrainingObserver
    {
        private readonly HashSet<int> _seen = [];

        public int Restored { get; private set; }

        public bool WantsSnapshots => true;

        public string SaveState() => string.Join(' ', _seen);

        public void RestoreState(string state)
        {
            _seen.UnionWith(state.Split(' ').Select(step => int.Parse(step, CultureInfo.InvariantCulture)));
            Restored = _seen.Count;
        }

        public void Evaluated(TrainingSnapshot snapshot)
        {
            _seen.Add(snapshot.Iteration);
            if (_seen.Count >= share * snapshot.Iterations)
            {
                snapshot.Stop($"{_seen.Count} snapshots are enough");
            }
        }
    }

    private sealed class Failing(int iteration) : ITrainingObserver
    {
        public bool WantsSnapshots => true;

        public void Evaluated(TrainingSnapshot snapshot)
        {
            if (snapshot.Iteration == iteration)
            {
                throw new TimeZoneNotFoundException();
            }
        }
    }
}

using System.Collections.Concurrent;
using Microsoft.ML;
using Road.MLNet.Tests.Scoring;
using Road.Torch.Networks;
using TorchSharp;

namespace Road.MLNet.Tests.Training;

/// <summary>What a training starts from: a trained model, pretrained weights, those beside the application, or none.</summary>
[TestClass]
public sealed class StartingWeightsTests
{
    // What a step at such a rate adds to a weight is lost in rounding.
    private const double NoRate = 1e-30;

    private readonly ConcurrentQueue<string> _messages = [];
    private readonly MLContext _ml = new(seed: 1);

    public StartingWeightsTests() => _ml.Log += (_, message) => _messages.Enqueue(message.RawMessage);

    [TestMethod]
    public void WithoutWeightsDistillationIsLeftOutWithAWarning()
    {
        using TrainingFolders folders = new();
        RoadTrainerOptions options = TrainerFixture.SourceOnly();
        options.DistillationWeight = 0.1;
        options.SpatialWeight = 0.01;
        List<double?> distilled = Record(options);

        Fit(folders, options).Dispose();
        Assert.IsTrue(_messages.Any(static message => message.StartsWith("Distillation is left out: ", StringComparison.Ordinal)));
        Assert.IsTrue(_messages.Any(static message => message.Contains("; spatial alignment in 3 x 3", StringComparison.Ordinal)));
        Assert.AreEqual(0.1, options.DistillationWeight);

        options.BackboneWeights = TrainerFixture.WriteWeights(options.Network, folders.Combine("backbone.safetensors"));
        Fit(folders, options).Dispose();
        Assert.IsNull(distilled[0]);
        Assert.IsNotNull(distilled[^1]);
    }

    [TestMethod]
    public void WeightsBesideTheApplicationAreTakenWhereTheBackboneIsTheirs()
    {
        using TrainingFolders folders = new();
        RoadTrainerOptions options = TrainerFixture.SourceOnly();
        options.Network = SegmentationNetworks.Get("deeplab-resnet18");
        options.DistillationWeight = 0.1;
        options.Iterations = 1;
        List<double?> distilled = Record(options);

        Fit(folders, options).Dispose();

        Assert.AreEqual(0.0, distilled.Single()!.Value, 1e-3);
        Assert.IsFalse(_messages.Any(static message => message.Contains("left out", StringComparison.Ordinal)));
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void ATrainingGoesOnFromTheWeightsOfAModel(bool fromFile)
    {
        using TrainingFolders folders = new();
        RoadTrainerOptions options = TrainerFixture.SourceOnly();
        using RoadTransformer first = Fit(folders, options);
        string file = folders.Combine("first.zip");
        _ml.Model.Save(first, _ml.Data.LoadFromEnumerable(Array.Empty<TrainerFixture.ImageRow>()).Schema, file);
        options.InitialModel = fromFile ? file : first;
        options.LearningRate = NoRate;
        options.DistillationWeight = 0.1;
        options.Iterations = 1;
        List<double?> distilled = Record(options);

        using RoadTransformer second = Fit(folders, options);

        CollectionAssert.AreEqual(Weights(first), Weights(second));
        Assert.AreEqual(0.0, distilled.Single()!.Value, 1e-3, "the model's own backbone is the twin");
        options.BackboneWeights = TrainerFixture.WriteWeights(options.Network, folders.Combine("backbone.safetensors"));
        using RoadTransformer third = Fit(folders, options);
        CollectionAssert.AreEqual(Weights(first), Weights(third));
        Assert.IsGreaterThan(0.01, distilled[^1]!.Value, "the pretrained backbone is the twin");
    }

    [TestMethod]
    public void AModelOfAnotherNetworkOrOtherClassesIsRefusedByBoth()
    {
        using TrainingFolders folders = new();
        RoadTrainerOptions options = TrainerFixture.SourceOnly();
        using RoadTransformer other = ScoringFixture.CreateTransformer(_ml);
        options.InitialModel = other;
        TrainerFixture.AssertMessage(
            Assert.ThrowsExactly<InvalidOperationException>(() => Fit(folders, options)), "a model in memory", "TinyFactory",
            "RecordingFactory");
        options.Network = new TinyFactory { Channels = 12 };
        TrainerFixture.AssertMessage(
            Assert.ThrowsExactly<InvalidOperationException>(() => Fit(folders, options)), "class 0, class 1", "road, car, sky");

        string file = folders.Combine("model.zip");
        _ml.Model.Save(other, _ml.Data.LoadFromEnumerable(ScoringFixture.CreateRows(1)).Schema, file);
        options.InitialModel = null;
        options.BackboneWeights = file;
        TrainerFixture.AssertMessage(Assert.Throws<Exception>(() => Fit(folders, options)), file, "InitialModel");
    }

    [TestMethod]
    public void OneCallMakesTheWholeChainAndItsModelNeedsTargetImagesAlone()
    {
        using TrainingFolders folders = new();
        IDataView source = _ml.Data.LoadSegmentationFolder(folders.SourceImages, folders.SourceLabels);
        IDataView target = _ml.Data.LoadSegmentationFolder(folders.TargetImages);
        SegmentationPipeline pipeline = _ml.GetSemanticSegmentation().Pipeline(TrainingFolders.Encoding, TrainerFixture.SourceOnly());

        ITransformer model = pipeline.Fit(source, target);

        byte[][] masks = TrainerFixture.Masks(model.Transform(_ml.Data.AsTargetDomain(target)));
        Assert.HasCount(3, masks);
        using RoadTransformer network = model.GetRoadTransformer();
        using SegmentationResult seen = network.Segment(folders.TargetImage(1));
        Assert.IsTrue(seen.Labels.Keys.SequenceEqual(masks[1]));
    }

    /// <summary>Collects L_dist of each report.</summary>
    private static List<double?> Record(RoadTrainerOptions options)
    {
        List<double?> distilled = [];
        options.ProgressInterval = 1;
        options.Progress = new RecordingProgress(progress => distilled.Add(progress.Losses["L_dist"]));
        return distilled;
    }

    /// <summary>The parameters; the head's batch norm counts on whatever the rate is.</summary>
    private static float[] Weights(RoadTransformer model)
    {
        float[] weights = [];
        model.ReadNetwork(network => weights = [
            .. network.parameters().SelectMany(static tensor => tensor.to(torch.float32).data<float>().ToArray())]);
        return weights;
    }

    private RoadTransformer Fit(TrainingFolders folders, RoadTrainerOptions options) =>
        _ml.SemanticSegmentation.Trainers.Road(options).Fit(folders.Both(_ml));
}

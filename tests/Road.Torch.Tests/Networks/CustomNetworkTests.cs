using Road.Torch.Data;
using Road.Torch.Tests.Training;
using Road.Torch.Tests.Weights;
using Road.Torch.Training;
using Road.Torch.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Networks;

[TestClass]
public sealed class CustomNetworkTests
{
    [TestMethod]
    public void AStepTrainsEveryPartButTheBuffersAndTheBackbonesNorms()
    {
        using DisposeScope scope = NewDisposeScope();
        using TinyNetwork network = Network();
        using SmallBackbone teacher = new();
        using RoadEngine engine = new(
            network, teacher, new RoadTrainingOptions { CropSize = 16, BatchSize = 2 }, InputNormalization.ImageNet, CPU, seed: 1);
        Dictionary<string, byte[]> before = Snapshot(network);

        engine.Step(Batch(), 1e-3);

        Dictionary<string, byte[]> after = Snapshot(network);
        string[] still = [.. before.Keys.Where(name => before[name].AsSpan().SequenceEqual(after[name]))];
        CollectionAssert.AreEquivalent(
            new[]
            {
                "feature_scale", "backbone.norm.weight", "backbone.norm.bias",
                "backbone.norm.running_mean", "backbone.norm.running_var", "backbone.norm.num_batches_tracked",
            },
            still,
            string.Join(", ", still));
        StepLosses losses = engine.ReadLosses();
        Assert.IsTrue(losses.AreFinite);
        Assert.IsTrue(losses.Segmentation > 0 && losses["L_dist"] > 0 && losses["L_spt"] > 0);
    }

    [TestMethod]
    public void TheAuxiliaryLossCountsAtItsWeight()
    {
        using DisposeScope scope = NewDisposeScope();
        using TinyNetwork network = Network();
        RoadTrainingOptions options = new() { CropSize = 16, BatchSize = 2, DistillationWeight = 0, SpatialWeight = 0 };
        using RoadEngine engine = new(network, null, options, InputNormalization.ImageNet, CPU, seed: 1);
        TrainingBatch batch = Batch();

        double loss = engine.Loss(batch)!.item<float>();

        Tensor images = InputNormalization.ImageNet.Apply(tensor(batch.Pixels, [4, 16, 16, 3])).narrow(0, 0, 2);
        Tensor labels = tensor(batch.Labels, [2, 16, 16]).to(ScalarType.Int64);
        Road.Torch.Networks.BackboneFeatures features = network.Backbone.call(images);
        double main = SegmentationLoss.Compute(network.Classify(features), labels).item<float>();
        double auxiliary = SegmentationLoss.Compute(network.ClassifyAuxiliary(features)!, labels).item<float>();
        Assert.AreEqual(main + (0.4 * auxiliary), loss, 1e-5);
        Assert.AreEqual(loss, engine.ReadLosses().Segmentation!.Value, 1e-6);
    }

    private static TinyNetwork Network()
    {
        TinyNetwork network = new(2);
        using Generator generator = new(1, CPU);
        network.InitializeWeights(generator);
        return network;
    }

    private static TrainingBatch Batch()
    {
        Random random = new(1);
        RandomCrop crop = new(16);
        StripedSource source = new(2, labelled: true, width: 20, height: 18);
        return new TrainingBatch(
            [crop.Apply(source.Sample(0), random), crop.Apply(source.Sample(1), random)],
            [crop.Apply(source.Sample(2), random), crop.Apply(source.Sample(3), random)]);
    }

    private static Dictionary<string, byte[]> Snapshot(TinyNetwork network) =>
        network.state_dict().ToDictionary(pair => pair.Key, pair => pair.Value.bytes.ToArray());
}

using Road.Torch.Data;
using Road.Torch.Networks;
using Road.Torch.Training;
using Road.Torch.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Training;

/// <summary>A whole small training, of SqueezeNet 1.1 and DeepLab v2 unless told, with random weights on striped images.</summary>
internal sealed class TrainingFixture : IDisposable
{
    private readonly RoadTrainingOptions _options;

    public TrainingFixture(RoadTrainingOptions options, string network = "deeplab-squeezenet1_1", int classes = 2)
        : this(options, SegmentationNetworks.Get(network), classes)
    {
    }

    public TrainingFixture(RoadTrainingOptions options, SegmentationNetworkFactory factory, int classes = 2)
    {
        _options = options;
        Network = factory.Create(classes);
        using Generator generator = new(7, CPU);
        Network.InitializeWeights(generator);
        Teacher = factory.CreateBackbone();
        Teacher.load_state_dict(Network.Backbone.state_dict());
        Engine = new RoadEngine(Network, Teacher, options, InputNormalization.ImageNet, CPU, seed: 11, () => factory.Create(classes));
    }

    public SegmentationNetwork Network { get; }

    public Backbone Teacher { get; }

    public RoadEngine Engine { get; }

    public TrainingBatch Batch(int seed)
    {
        Random random = new(seed);
        RandomCrop crop = new(_options.CropSize);
        StripedSource source = new(8, labelled: true);
        StripedSource target = new(8, labelled: false);
        return new TrainingBatch(
            [.. Enumerable.Range(0, _options.BatchSize).Select(i => crop.Apply(source.Sample(i), random))],
            [.. Enumerable.Range(0, _options.BatchSize).Select(i => crop.Apply(target.Sample(100 + i), random))]);
    }

    public TrainingEnd Train(ISampleSource source, ISampleSource? target, int seed = 3, Action<string>? warn = null)
    {
        RandomCrop crop = new(_options.CropSize);
        using CropStream sourceCrops = new(source, crop, "source", seed, _options.LoaderWorkers);
        using CropStream? targetCrops = target is null ? null : new(target, crop, "target", seed + 1, _options.LoaderWorkers);
        return new RoadTraining(Engine, _options, sourceCrops, targetCrops) { Warn = warn }.Run();
    }

    /// <summary>All weights of the network as bytes.</summary>
    public byte[] WeightBytes()
    {
        using DisposeScope scope = NewDisposeScope();
        return [.. Network.state_dict().SelectMany(pair => pair.Value.bytes.ToArray())];
    }

    public void Dispose()
    {
        Engine.Dispose();
        Network.Dispose();
        Teacher.Dispose();
    }
}

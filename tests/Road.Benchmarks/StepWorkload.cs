using System.Diagnostics;
using Microsoft.ML;
using Road.MLNet.Data;
using Road.Torch.Adaptation;
using Road.Torch.Data;
using Road.Torch.Networks;
using Road.Torch.Training;
using Road.Torch.Weights;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.Benchmarks;

/// <summary>
/// A training step from PNG files to moved weights, and the bare forward and backward of the same networks on a batch of
/// the same size: student on both domains' crops, teacher on the target's, domain classifiers on a ninth of the
/// activations each.
/// </summary>
internal sealed class StepWorkload : IDisposable
{
    private const int Images = 24;
    private const int Classes = 7;
    private const double LearningRate = 1e-6;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("road-benchmark-");
    private readonly RoadTrainingOptions _options;
    private readonly SegmentationNetwork _network;
    private readonly Backbone _teacher;
    private readonly RoadEngine _engine;
    private readonly CropStream _source;
    private readonly CropStream _target;
    private readonly ModuleList<Sequential> _classifiers;
    private readonly Tensor _input;
    private readonly SegmentationNetwork? _second;

    /// <summary>Makes the images and the networks.</summary>
    /// <param name="networkName">The network.</param>
    /// <param name="options">The training's options; its crop size is set here, smaller for SqueezeNet unless it is given.</param>
    /// <param name="cropSize">The side of the crops in pixels; 0 for the network's usual one.</param>
    public StepWorkload(string networkName, RoadTrainingOptions options, int cropSize = 0)
    {
        _options = options;
        (int crop, int width, int height) = networkName.Contains("squeezenet", StringComparison.Ordinal)
            ? (128, 256, 192)
            : (321, 480, 360);
        crop = cropSize > 0 ? cropSize : crop;
        options.CropSize = crop;
        Description = $"{options.BatchSize}+{options.BatchSize} crops of {crop} from PNG files of {width} x {height}";
        SegmentationNetworkFactory factory = SegmentationNetworks.Get(networkName);
        _network = factory.Create(Classes);
        using Generator generator = new(1, CPU);
        _network.InitializeWeights(generator);
        _teacher = factory.CreateBackbone();
        _teacher.load_state_dict(_network.Backbone.state_dict());
        _engine = new RoadEngine(_network, _teacher, options, InputNormalization.ImageNet, CPU, 1, () => factory.Create(Classes));
        _classifiers = nn.ModuleList([.. Enumerable.Range(0, options.RegionRows * options.RegionColumns).Select(_ => nn.Sequential(
            nn.Linear(_network.Backbone.OutputChannels, SpatialAdaptation.HiddenChannels),
            nn.ReLU(inplace: true),
            nn.Linear(SpatialAdaptation.HiddenChannels, 1)))]);
        _second = options.Adaptations.OfType<SelfTraining>().Any()
            ? NetworkTwin.Create(() => factory.Create(Classes), copy => copy.load_state_dict(_network.state_dict()))
            : null;
        _source = Stream("source", width, height, labelled: true);
        _target = Stream("target", width, height, labelled: false);
        using (DisposeScope scope = NewDisposeScope())
        {
            Tensor pixels = randint(0, 256, [2 * options.BatchSize, crop, crop, 3], dtype: ScalarType.Byte, generator: generator);
            _input = _network.Normalize(InputNormalization.ImageNet, pixels).DetachFromDisposeScope();
        }
    }

    public string Description { get; }

    public void Bare()
    {
        using DisposeScope scope = NewDisposeScope();
        _network.zero_grad();
        foreach (Sequential classifier in _classifiers)
        {
            classifier.zero_grad();
        }

        BackboneFeatures features = _network.Backbone.call(_input);
        Tensor logits = _network.Classify(features.Split(_options.BatchSize).First);
        using (no_grad())
        {
            _teacher.call(_input.narrow(0, _options.BatchSize, _options.BatchSize));
        }

        Tensor total = logits.mean() + features.Last.mean();
        Tensor[] rows = features.Last.permute(0, 2, 3, 1).flatten(0, 2).tensor_split(_classifiers.Count);
        for (int i = 0; i < _classifiers.Count; i++)
        {
            total = total + _classifiers[i].call(rows[i]).mean();
        }

        total.backward();
    }

    /// <summary>
    /// The same for self-training: forward and backward of the whole network on as many crops for the source and for the mixed images, and
    /// a second network's forward pass on the target's.
    /// </summary>
    public void BareSelfTraining()
    {
        using DisposeScope scope = NewDisposeScope();
        _network.zero_grad();
        _network.call(_input.narrow(0, 0, _options.BatchSize)).mean().backward();
        using (no_grad())
        {
            _second!.call(_input.narrow(0, _options.BatchSize, _options.BatchSize));
        }

        _network.call(_input.narrow(0, 0, _options.BatchSize)).mean().backward();
    }

    /// <summary>The time that <see cref="Full"/> spent on getting its batches, in all.</summary>
    public TimeSpan Waited { get; private set; }

    public void Full()
    {
        long start = Stopwatch.GetTimestamp();
        TrainingBatch batch = Draw();
        Waited += Stopwatch.GetElapsedTime(start);
        _engine.Step(batch, LearningRate);
    }

    /// <summary>The next batch of crops from the files.</summary>
    public TrainingBatch Draw() => new(Draw(_source), Draw(_target));

    public void Dispose()
    {
        _source.Dispose();
        _target.Dispose();
        _engine.Dispose();
        _network.Dispose();
        _teacher.Dispose();
        _second?.Dispose();
        _classifiers.Dispose();
        _input.Dispose();
        _folder.Delete(recursive: true);
    }

    private Crop[] Draw(CropStream stream) => [.. Enumerable.Range(0, _options.BatchSize).Select(_ => stream.Next())];

    private CropStream Stream(string domain, int width, int height, bool labelled)
    {
        string set = Path.Combine(_folder.FullName, domain);
        BenchmarkImages.Write(set, Images, width, height, Classes, domain.Length);
        IDataView view = BenchmarkImages.Open(set, Classes);
        return new CropStream(
            new ViewSampleSource(view, "Image", labelled ? "Label" : null, null) { SamplesAreKept = false },
            new RandomCrop(_options.CropSize),
            domain,
            1,
            _options.LoaderWorkers);
    }
}

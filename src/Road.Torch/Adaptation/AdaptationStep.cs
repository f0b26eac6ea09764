using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Road.Torch.Data;
using Road.Torch.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Adaptation;

/// <summary>
/// What a step offers to adaptation methods. What costs a pass of a network is computed when it is first asked for, once for all methods.
/// </summary>
public sealed class AdaptationStep : IDisposable
{
    private readonly SegmentationNetwork _network;
    private readonly Backbone? _pretrained;
    private readonly long _seed;
    private readonly BackboneFeatures? _features;
    private readonly BackboneFeatures? _targetFeatures;
    private readonly Lazy<Tensor> _sourceLogits;
    private readonly Lazy<Tensor> _targetLogits;
    private readonly Lazy<Tensor> _pretrainedSource;
    private readonly Lazy<Tensor> _pretrainedTarget;

    internal AdaptationStep(
        SegmentationNetwork network,
        Backbone? pretrained,
        long seed,
        long iteration,
        TrainingBatch batch,
        Tensor images,
        BackboneFeatures? features,
        BackboneFeatures source,
        BackboneFeatures? target)
    {
        _network = network;
        _pretrained = pretrained;
        _seed = seed;
        Iteration = iteration;
        Batch = batch;
        Images = images;
        _features = features;
        SourceFeatures = source;
        _targetFeatures = target;
        _sourceLogits = Kept(() => network.Classify(SourceFeatures));
        _targetLogits = Kept(() => network.Classify(TargetFeatures));
        _pretrainedSource = Kept(() => Teach(SourceImages));
        _pretrainedTarget = Kept(() => Teach(TargetImages));
    }

    /// <summary>The step's number, from 0.</summary>
    public long Iteration { get; }

    /// <summary>The crops, M of the source and N of the target, with their labels and their places in the original images.</summary>
    public TrainingBatch Batch { get; }

    /// <summary>The normalised crops, source then target, <c>(M + N) x 3 x H x W</c>, in the training's precision.</summary>
    public Tensor Images { get; }

    /// <summary>The normalised source crops, <c>M x 3 x H x W</c>.</summary>
    public Tensor SourceImages => Images.narrow(0, 0, Batch.SourceCount);

    /// <summary>The normalised target crops, <c>N x 3 x H x W</c>.</summary>
    public Tensor TargetImages => Images.narrow(0, Batch.SourceCount, Batch.TargetCount);

    /// <summary>
    /// The trained backbone's maps of all crops, the last one <c>(M + N) x C x h x w</c>, in the training's precision, with their graph.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// No method says that it needs those of the target (<see cref="AdaptationMethod.NeedsTargetFeatures"/>).
    /// </exception>
    public BackboneFeatures Features => _features ?? throw NoTargetFeatures();

    /// <summary>The trained backbone's maps of the source crops, with their graph.</summary>
    public BackboneFeatures SourceFeatures { get; }

    /// <summary>The trained backbone's maps of the target crops, with their graph.</summary>
    /// <exception cref="InvalidOperationException">
    /// No method says that it needs them (<see cref="AdaptationMethod.NeedsTargetFeatures"/>).
    /// </exception>
    public BackboneFeatures TargetFeatures => _targetFeatures ?? throw NoTargetFeatures();

    /// <summary>
    /// The classifier's logits of the source crops at its own resolution, <c>M x K x h' x w'</c>, in the training's precision, with their
    /// graph: a pass of the head of their own, beside that of the segmentation loss.
    /// </summary>
    public Tensor SourceLogits => _sourceLogits.Value;

    /// <summary>
    /// The classifier's logits of the target crops at its own resolution, <c>N x K x h' x w'</c>, in the training's precision, with their
    /// graph.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// No method says that it needs them (<see cref="AdaptationMethod.NeedsTargetFeatures"/>).
    /// </exception>
    public Tensor TargetLogits => _targetLogits.Value;

    /// <summary>
    /// The frozen pretrained backbone's last map of crops, scaled as the trained one's is, <c>C</c> channels at <c>h x w</c>, in the
    /// training's precision, without a graph.
    /// </summary>
    /// <param name="ofTarget">Whether of the target crops; else of the source crops.</param>
    /// <returns>The map; it belongs to the step.</returns>
    /// <exception cref="InvalidOperationException">
    /// No method says that it needs it (<see cref="AdaptationMethod.NeedsPretrainedBackbone"/>).
    /// </exception>
    public Tensor PretrainedFeatures(bool ofTarget) => (ofTarget ? _pretrainedTarget : _pretrainedSource).Value;

    /// <summary>Runs the trained network on images of the method's own, in training mode.</summary>
    /// <param name="images">Normalised images, <c>B x 3 x H x W</c>, any floating point type.</param>
    /// <returns>The logits at the classifier's own resolution, <c>B x K x h' x w'</c>, with their graph.</returns>
    public Tensor Forward(Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        using DisposeScope scope = NewDisposeScope();
        return _network.Classify(_network.Extract(LikeImages(images))).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Random numbers of this step alone: of the training's seed, a name and <see cref="Iteration"/>, so that they are the same after a
    /// break, whatever other methods draw.
    /// </summary>
    /// <param name="name">What they are for, such as the method's name.</param>
    /// <returns>A generator of its own.</returns>
    public Random CreateRandom(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{_seed} {Iteration} {name}"), digest);
        return new Random(BinaryPrimitives.ReadInt32LittleEndian(digest));
    }

    /// <summary>Frees what was asked for; the graphs of the losses stay.</summary>
    public void Dispose()
    {
        foreach (Lazy<Tensor> tensor in new[] { _sourceLogits, _targetLogits, _pretrainedSource, _pretrainedTarget })
        {
            if (tensor.IsValueCreated)
            {
                tensor.Value.Dispose();
            }
        }
    }

    /// <summary>In the type and the order in memory that the network was given <see cref="Images"/> in, since it is fast in them.</summary>
    private Tensor LikeImages(Tensor images)
    {
        Tensor typed = images.to(Images.dtype);
        return Images.stride(1) == 1 && typed.stride(1) != 1
            ? typed.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2)
            : typed;
    }

    /// <summary>A tensor of the whole step, whoever asks for it first and in whichever dispose scope.</summary>
    private static Lazy<Tensor> Kept(Func<Tensor> compute) => new(
        () =>
        {
            using DisposeScope scope = NewDisposeScope();
            return compute().DetachFromDisposeScope();
        },
        LazyThreadSafetyMode.None);

    private static InvalidOperationException NoTargetFeatures() => new(
        $"What the network makes of target crops is there for methods whose {nameof(AdaptationMethod.NeedsTargetFeatures)} says so.");

    private Tensor Teach(Tensor images)
    {
        if (_pretrained is null)
        {
            throw new InvalidOperationException(
                $"The pretrained backbone's features are there for methods whose {nameof(AdaptationMethod.NeedsPretrainedBackbone)} says "
                + "so.");
        }

        using IDisposable noGradient = no_grad();
        return _network.Extract(images, _pretrained).Last;
    }
}

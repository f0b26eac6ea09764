using Road.Torch.Networks;
using Road.Torch.Weights;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.Torch.Adaptation;

/// <summary>What surrounds a method's <see cref="Adapter"/> in one training.</summary>
public sealed class AdaptationContext
{
    private readonly Backbone? _pretrained;
    private readonly Func<SegmentationNetwork>? _createTwin;
    private readonly Dictionary<Type, object> _shared = [];

    internal AdaptationContext(
        SegmentationNetwork network, Backbone? pretrained, InputNormalization normalization, Device device, long seed,
        Precision precision, int iterations, IReadOnlyList<AdaptationMethod> methods, Func<SegmentationNetwork>? createTwin)
    {
        Network = network;
        Normalization = normalization;
        Methods = methods;
        _pretrained = pretrained;
        Device = device;
        Seed = seed;
        Precision = precision;
        Iterations = iterations;
        _createTwin = createTwin;
    }

    /// <summary>The network in training, its starting weights loaded; it belongs to the training.</summary>
    public SegmentationNetwork Network { get; }

    /// <summary>How pixels become the network's input.</summary>
    public InputNormalization Normalization { get; }

    /// <summary>The methods that have a part in the training, this one among them, in their order.</summary>
    public IReadOnlyList<AdaptationMethod> Methods { get; }

    /// <summary>
    /// The parameters of the network in training as they are now, <c>float32</c> whatever it computes in, in the order of its
    /// <c>parameters()</c>. They belong to the training.
    /// </summary>
    public IEnumerable<Tensor> Weights => Network.parameters().Select(parameter => Masters?.Of(parameter) ?? parameter.detach());

    /// <summary>The number of classes, K.</summary>
    public int ClassCount => Network.ClassCount;

    /// <summary>The channels of the backbone's last map, C.</summary>
    public int FeatureChannels => Network.Backbone.OutputChannels;

    /// <summary>The device of everything.</summary>
    public Device Device { get; }

    /// <summary>
    /// The training's seed, for starting weights; random numbers of a step come from <see cref="AdaptationStep.CreateRandom"/>.
    /// </summary>
    public long Seed { get; }

    /// <summary>The numbers that networks and trained modules compute with.</summary>
    public Precision Precision { get; }

    /// <summary>The training's steps in all.</summary>
    public int Iterations { get; }

    /// <summary>
    /// The frozen twin of the backbone with the pretrained weights, in evaluation mode, one for all methods; it belongs to the training.
    /// Its maps as steps compare them with the trained backbone's come from <see cref="AdaptationStep.PretrainedFeatures"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// The method does not say that it needs it (<see cref="AdaptationMethod.NeedsPretrainedBackbone"/>).
    /// </exception>
    public Backbone PretrainedBackbone => _pretrained
        ?? throw new InvalidOperationException(
            $"The pretrained backbone is there for methods whose {nameof(AdaptationMethod.NeedsPretrainedBackbone)} says so.");

    /// <summary>
    /// Makes a network like the one in training, with its starting weights, <c>float32</c>, on the training's device and without gradients.
    /// </summary>
    /// <returns>The network; the caller disposes it.</returns>
    /// <exception cref="InvalidOperationException">The training was made without what creates networks.</exception>
    public SegmentationNetwork CreateTwin()
    {
        if (_createTwin is null)
        {
            throw new InvalidOperationException("This training was made without a function that creates a second network.");
        }

        return NetworkTwin.Create(_createTwin, twin =>
        {
            twin.to(Device);
            twin.load_state_dict(Network.state_dict());
            foreach (Parameter parameter in twin.parameters())
            {
                parameter.requires_grad = false;
            }
        });
    }
    /// <summary>Gives methods of one training an object in common, such as a second network that more than one of them asks.</summary>
    /// <typeparam name="T">The object's class; there is one of it in a training.</typeparam>
    /// <param name="create">Makes the object where no method has asked for it yet.</param>
    /// <returns>The object. Who of the methods disposes it, moves it and keeps it in checkpoints is theirs to agree upon.</returns>
    public T Share<T>(Func<T> create)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(create);
        if (!_shared.TryGetValue(typeof(T), out object? shared))
        {
            _shared[typeof(T)] = shared = create();
        }

        return (T)shared;
    }

    /// <summary>The float32 weights behind the network's own, where it computes in bfloat16.</summary>
    internal MasterWeights? Masters { get; set; }
}

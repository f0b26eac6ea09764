using Road.Torch.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Adaptation;

/// <summary>What surrounds a method's <see cref="Adapter"/> in one training.</summary>
public sealed class AdaptationContext
{
    private readonly Backbone? _pretrained;
    private readonly Func<SegmentationNetwork>? _createTwin;

    internal AdaptationContext(
        SegmentationNetwork network, Backbone? pretrained, Device device, long seed, Precision precision, int iterations,
        Func<SegmentationNetwork>? createTwin)
    {
        Network = network;
        _pretrained = pretrained;
        Device = device;
        Seed = seed;
        Precision = precision;
        Iterations = iterations;
        _createTwin = createTwin;
    }

    /// <summary>The network in training, its starting weights loaded; it belongs to the training.</summary>
    public SegmentationNetwork Network { get; }

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
            foreach (TorchSharp.Modules.Parameter parameter in twin.parameters())
            {
                parameter.requires_grad = false;
            }
        });
    }
}

using Road.Torch.Networks;

namespace Road.MLNet.Tests.Extension;

/// <summary>The one public class that a network of one's own needs; a model file names it and its properties.</summary>
public sealed class MixerFactory : SegmentationNetworkFactory
{
    /// <inheritdoc/>
    public override string Name => "joined-patchmixer";

    /// <summary>The channels of the feature map.</summary>
    public int Channels { get; set; } = 16;

    /// <inheritdoc/>
    public override SegmentationNetwork Create(int classCount) => new MixerNetwork(new PatchMixer(Channels), classCount);

    /// <inheritdoc/>
    public override Backbone CreateBackbone() => new PatchMixer(Channels);
}

using Road.Torch.Networks;

namespace Road.MLNet.Tests.Scoring;

/// <summary>A network that the library does not know: it saves and loads like the library's own.</summary>
public sealed class TinyFactory : SegmentationNetworkFactory
{
    public override string Name => "tiny-tiny";

    /// <summary>The width of the feature map, saved with a model.</summary>
    public int Channels { get; set; } = 8;

    public override SegmentationNetwork Create(int classCount) => new TinyNetwork(new TinyBackbone(Channels), classCount);

    public override Backbone CreateBackbone() => new TinyBackbone(Channels);
}

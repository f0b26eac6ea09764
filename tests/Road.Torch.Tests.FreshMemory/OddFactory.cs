using Road.Torch.Networks;

namespace Road.Torch.Tests.FreshMemory;

/// <summary>Makes a network of a user's own.</summary>
internal sealed class OddFactory : SegmentationNetworkFactory
{
    public const string NetworkName = "odd";

    public override string Name => NetworkName;

    public override Backbone CreateBackbone() => new OddBackbone();

    public override SegmentationNetwork Create(int classCount) => new OddNetwork(classCount);
}

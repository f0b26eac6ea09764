using Road.Torch.Networks;

namespace Road.MLNet.Tests.Onnx;

/// <summary>A network that the library does not know, and that describes itself.</summary>
public sealed class DescribedFactory : SegmentationNetworkFactory
{
    public override string Name => "described-described";

    public override SegmentationNetwork Create(int classCount) => new DescribedNetwork(classCount);

    public override Backbone CreateBackbone() => new DescribedBackbone();
}

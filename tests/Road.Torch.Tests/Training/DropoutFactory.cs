using Road.Torch.Networks;
using Road.Torch.Tests.Weights;

namespace Road.Torch.Tests.Training;

internal sealed class DropoutFactory : SegmentationNetworkFactory
{
    public override string Name => "dropout-network";

    public override Backbone CreateBackbone() => new SmallBackbone();

    public override SegmentationNetwork Create(int classCount) => new DropoutNetwork(classCount);
}

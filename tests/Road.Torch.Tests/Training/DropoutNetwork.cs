using Road.Torch.Networks;
using Road.Torch.Tests.Weights;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Training;

/// <summary>A quick network whose head drops half of the features.</summary>
internal sealed class DropoutNetwork : SegmentationNetwork
{
    private readonly GeneratedDropout dropout = new(0.5);
    private readonly Conv2d head;

    public DropoutNetwork(int classCount)
        : base("dropout-network", new SmallBackbone(), classCount)
    {
        head = nn.Conv2d(Backbone.OutputChannels, classCount, 1);
        RegisterComponents();
    }

    public override Tensor Classify(BackboneFeatures features) => head.call(dropout.call(features.Last));

    public override void InitializeWeights(Generator generator)
    {
        WeightInitialization.KaimingNormal(Backbone, generator);
        WeightInitialization.Normal(head, 0.1, generator);
        GeneratedDropout.Seed(this, generator);
    }
}

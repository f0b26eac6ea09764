using Road.Torch.Networks;
using Road.Torch.Tests.Weights;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Networks;

/// <summary>A network of a user's own: another backbone with batch norm, another head, an auxiliary classifier.</summary>
internal sealed class TinyNetwork : SegmentationNetwork
{
    private readonly Conv2d head;
    private readonly Conv2d auxiliary;

    public TinyNetwork(int classCount)
        : base("tiny", new SmallBackbone(), classCount)
    {
        head = nn.Conv2d(Backbone.OutputChannels, classCount, 1);
        auxiliary = nn.Conv2d(Backbone.OutputChannels, classCount, 1);
        RegisterComponents();
    }

    public override Tensor Classify(BackboneFeatures features) => head.call(features.Last);

    public override Tensor? ClassifyAuxiliary(BackboneFeatures features) => auxiliary.call(features.Last);

    public override void InitializeWeights(Generator generator)
    {
        WeightInitialization.KaimingNormal(Backbone, generator);
        WeightInitialization.Normal(head, 0.1, generator);
        WeightInitialization.Normal(auxiliary, 0.1, generator);
    }
}

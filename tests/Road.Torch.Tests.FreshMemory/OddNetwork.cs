using Road.Torch.Networks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.Torch.Tests.FreshMemory;

/// <summary>A head of 3x3 layers with as many channels as there are classes, as DilatedNet's context module has them.</summary>
internal sealed class OddNetwork : SegmentationNetwork
{
    private readonly Conv2d first;
    private readonly Conv2d second;

    public OddNetwork(int classCount)
        : base("odd", new OddBackbone(), classCount)
    {
        first = nn.Conv2d(Backbone.OutputChannels, classCount, 3, padding: 1);
        second = nn.Conv2d(classCount, classCount, 3, padding: 6, dilation: 6);
        RegisterComponents();
    }

    public override Tensor Classify(BackboneFeatures features) => second.call(first.call(features.Last));

    public override void InitializeWeights(Generator generator) => WeightInitialization.KaimingNormal(this, generator);
}

using Road.Torch.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.MLNet.Tests.Extension;

/// <summary>A head that joins the mixed map with the patches that it came from.</summary>
internal sealed class MixerNetwork : SegmentationNetwork
{
    private readonly Conv2d classifier;

    public MixerNetwork(PatchMixer backbone, int classCount)
        : base("joined-patchmixer", backbone, classCount)
    {
        classifier = nn.Conv2d(2 * backbone.OutputChannels, classCount, 1);
        RegisterComponents();
    }

    public override Tensor Classify(BackboneFeatures features)
    {
        using DisposeScope scope = NewDisposeScope();
        return classifier.call(cat([features.Last, features.Skips[0]], 1)).MoveToOuterDisposeScope();
    }

    public override void InitializeWeights(Generator generator)
    {
        WeightInitialization.KaimingNormal(this, generator);
        WeightInitialization.Zero(classifier);
    }
}

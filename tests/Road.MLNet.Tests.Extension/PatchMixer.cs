using Road.Torch.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.MLNet.Tests.Extension;

/// <summary>A backbone of another kind than the library's: patches of 4 x 4 pixels, then mixing at one resolution.</summary>
internal sealed class PatchMixer : Backbone
{
    private const int PatchSize = 4;

    private readonly Conv2d patches;
    private readonly MixerBlock block1;
    private readonly MixerBlock block2;

    public PatchMixer(int channels)
        : base("patchmixer")
    {
        OutputChannels = channels;
        patches = nn.Conv2d(3, channels, PatchSize, stride: PatchSize);
        block1 = new MixerBlock("block1", channels);
        block2 = new MixerBlock("block2", channels);
        RegisterComponents();
        Stages = [new("patches", [patches]), new("block1", [block1]), new("block2", [block2])];
    }

    public override int OutputChannels { get; }

    public override int OutputStride => PatchSize;

    public override IReadOnlyList<BackboneStage> Stages { get; }

    public override BackboneFeatures forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor fine = nn.functional.gelu(patches.call(input));
        Tensor last = block2.call(block1.call(fine)).MoveToOuterDisposeScope();
        return new BackboneFeatures(last) { Skips = [fine.MoveToOuterDisposeScope()] };
    }
}

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.MLNet.Tests.Extension;

/// <summary>A residual block that mixes each channel over space first, then the channels at each place.</summary>
internal sealed class MixerBlock : nn.Module<Tensor, Tensor>
{
    private readonly Conv2d depthwise;
    private readonly Conv2d pointwise;

    public MixerBlock(string name, int channels)
        : base(name)
    {
        depthwise = nn.Conv2d(channels, channels, 5, padding: 2, groups: channels);
        pointwise = nn.Conv2d(channels, channels, 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        return (input + pointwise.call(nn.functional.gelu(depthwise.call(input)))).MoveToOuterDisposeScope();
    }
}

using Road.Torch.Networks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.MLNet.Tests.Scoring;

/// <summary>One strided convolution; the whole network counts its forward passes.</summary>
internal sealed class TinyBackbone : Backbone
{
    private readonly Conv2d conv;

    public TinyBackbone(int channels)
        : base("tiny")
    {
        conv = nn.Conv2d(3, channels, 3, stride: 4, padding: 1);
        OutputChannels = channels;
        RegisterComponents();
        Stages = [new("conv", [conv])];
    }

    public override int OutputChannels { get; }

    public override int OutputStride => 4;

    public override IReadOnlyList<BackboneStage> Stages { get; }

    public override BackboneFeatures forward(Tensor input) => new(conv.call(input).relu_());
}

using Road.Torch.Networks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.Torch.Tests.FreshMemory;

/// <summary>Layers whose channels fill no vector, strided, dilated and plain.</summary>
internal sealed class OddBackbone : Backbone
{
    private readonly Sequential layers;

    public OddBackbone()
        : base("odd")
    {
        layers = nn.Sequential(
            nn.Conv2d(3, 5, 3, stride: 2, padding: 1),
            nn.ReLU(),
            nn.Conv2d(5, 18, 3, padding: 2, dilation: 2),
            nn.ReLU(),
            nn.Conv2d(18, 33, 1),
            nn.ReLU(),
            nn.Conv2d(33, OutputChannels, 3, stride: 2, padding: 1));
        RegisterComponents();
        Stages = [new("layers", [layers])];
    }

    public override int OutputChannels => 21;

    public override int OutputStride => 4;

    public override IReadOnlyList<BackboneStage> Stages { get; }

    public override BackboneFeatures forward(Tensor input) => new(layers.call(input));
}

using Road.Torch.Networks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Weights;

/// <summary>One convolution and its batch normalisation: parameters, buffers and a step counter, few enough to list.</summary>
internal sealed class SmallBackbone : Backbone
{
    private readonly Conv2d conv;
    private readonly BatchNorm2d norm;

    public SmallBackbone()
        : base("small")
    {
        conv = nn.Conv2d(3, 2, 1);
        norm = nn.BatchNorm2d(2);
        RegisterComponents();
        Stages = [new("conv", [conv, norm])];
    }

    public override int OutputChannels => 2;

    public override int OutputStride => 1;

    public override IReadOnlyList<BackboneStage> Stages { get; }

    public override BackboneFeatures forward(Tensor input) => new(norm.call(conv.call(input)));

    /// <summary>Tensors that fit, each filled with its own number from 1 on, so that a mix-up shows.</summary>
    public static Dictionary<string, Tensor> FittingTensors() => new()
    {
        ["conv.weight"] = full([2, 3, 1, 1], 1f),
        ["conv.bias"] = full([2], 2f),
        ["norm.weight"] = full([2], 3f),
        ["norm.bias"] = full([2], 4f),
        ["norm.running_mean"] = full([2], 5f),
        ["norm.running_var"] = full([2], 6f),
        ["norm.num_batches_tracked"] = tensor(7L),
    };
}

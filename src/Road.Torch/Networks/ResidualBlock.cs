using Road.Torch.Onnx;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.Torch.Networks;

/// <summary>
/// A block of a residual network (He et al., 2016): convolutions with batch norm beside a shortcut, which is a strided 1x1
/// convolution where the shape changes; their sum passes through ReLU.
/// </summary>
internal abstract class ResidualBlock : nn.Module<Tensor, Tensor>, IOnnxModule
{
    private readonly Sequential? downsample;

    protected ResidualBlock(string name, int inputs, int outputs, int stride)
        : base(name)
    {
        if (stride != 1 || inputs != outputs)
        {
            downsample = nn.Sequential(
                ("0", BlankLayers.Conv2d(inputs, outputs, 1, stride: stride, bias: false)), ("1", nn.BatchNorm2d(outputs)));
        }
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor residual = Residual(input);
        return residual.PlusInPlace(downsample?.call(input) ?? input).ThenRelu().MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public OnnxValue Export(OnnxGraph graph, OnnxValue input)
    {
        OnnxValue residual = ExportResidual(graph, input);
        return graph.Relu(graph.Node("Add", [residual, downsample is null ? input : graph.Apply(downsample, input)]));
    }

    /// <summary>A 3x3 convolution without bias that keeps the size but for its stride.</summary>
    protected static Conv2d Conv3x3(int inputs, int outputs, int stride, int dilation) =>
        BlankLayers.Conv2d(inputs, outputs, 3, stride: stride, padding: dilation, dilation: dilation, bias: false);

    /// <summary>The block without its shortcut; the result is the caller's to overwrite.</summary>
    protected abstract Tensor Residual(Tensor input);

    /// <summary>Adds the block without its shortcut to a graph.</summary>
    protected abstract OnnxValue ExportResidual(OnnxGraph graph, OnnxValue input);
}

using Road.Torch.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.Torch.Networks;

/// <summary>Two 3x3 convolutions, the first with the block's stride: the block of ResNet-18.</summary>
internal sealed class BasicBlock : ResidualBlock
{
    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn1;
    private readonly Conv2d conv2;
    private readonly BatchNorm2d bn2;

    /// <summary>Creates the block, its weights unspecified.</summary>
    /// <param name="inputs">Channels in.</param>
    /// <param name="width">Channels of both convolutions.</param>
    /// <param name="stride">The first convolution's stride.</param>
    /// <param name="firstDilation">The dilation up to where the stage's stride is, or was before dilation replaced it.</param>
    /// <param name="dilation">The dilation after that.</param>
    public BasicBlock(int inputs, int width, int stride, int firstDilation, int dilation)
        : base("basic", inputs, width, stride)
    {
        conv1 = Conv3x3(inputs, width, stride, firstDilation);
        bn1 = nn.BatchNorm2d(width);
        conv2 = Conv3x3(width, width, 1, dilation);
        bn2 = nn.BatchNorm2d(width);
        RegisterComponents();
    }

    /// <inheritdoc/>
    protected override Tensor Residual(Tensor input) =>
        input.Through(conv1).Then(bn1).ThenRelu().Then(conv2).Then(bn2);

    /// <inheritdoc/>
    protected override OnnxValue ExportResidual(OnnxGraph graph, OnnxValue input)
    {
        OnnxValue x = graph.Relu(graph.Apply(bn1, graph.Apply(conv1, input)));
        return graph.Apply(bn2, graph.Apply(conv2, x));
    }
}

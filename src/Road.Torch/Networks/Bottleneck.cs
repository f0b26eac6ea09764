using Road.Torch.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.Torch.Networks;

/// <summary>
/// A 1x1, a 3x3 and a widening 1x1 convolution: the block of ResNet-50 and -101. The stride is on the 3x3, as torchvision
/// has it and not on the first 1x1 as in the paper.
/// </summary>
internal sealed class Bottleneck : ResidualBlock
{
    /// <summary>How many times wider the block's output is than its inner convolutions.</summary>
    public const int Expansion = 4;

    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn1;
    private readonly Conv2d conv2;
    private readonly BatchNorm2d bn2;
    private readonly Conv2d conv3;
    private readonly BatchNorm2d bn3;

    /// <summary>Creates the block, its weights unspecified.</summary>
    /// <param name="inputs">Channels in.</param>
    /// <param name="width">Channels of the 3x3 convolution.</param>
    /// <param name="stride">The stride of the 3x3 convolution.</param>
    /// <param name="dilation">The dilation of the 3x3 convolution.</param>
    public Bottleneck(int inputs, int width, int stride, int dilation)
        : base("bottleneck", inputs, width * Expansion, stride)
    {
        conv1 = BlankLayers.Conv2d(inputs, width, 1, bias: false);
        bn1 = nn.BatchNorm2d(width);
        conv2 = Conv3x3(width, width, stride, dilation);
        bn2 = nn.BatchNorm2d(width);
        conv3 = BlankLayers.Conv2d(width, width * Expansion, 1, bias: false);
        bn3 = nn.BatchNorm2d(width * Expansion);
        RegisterComponents();
    }

    /// <inheritdoc/>
    protected override Tensor Residual(Tensor input) =>
        conv1.call(input).Then(bn1).ThenRelu().Then(conv2).Then(bn2).ThenRelu().Then(conv3).Then(bn3);

    /// <inheritdoc/>
    protected override OnnxValue ExportResidual(OnnxGraph graph, OnnxValue input)
    {
        OnnxValue x = graph.Relu(graph.Apply(bn1, graph.Apply(conv1, input)));
        x = graph.Relu(graph.Apply(bn2, graph.Apply(conv2, x)));
        return graph.Apply(bn3, graph.Apply(conv3, x));
    }
}

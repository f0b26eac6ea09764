using System.Globalization;
using Road.Torch.Onnx;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.Torch.Networks;

/// <summary>
/// ResNet-18, -50 or -101 without its classifier (He et al., 2016): <c>N x 3 x H x W</c> to <c>N x 512 x h x w</c>
/// (ResNet-18) or <c>N x 2048 x h x w</c>, float32; the intermediate map is that of <c>layer3</c>, with half the channels.
/// Names of parameters and buffers are torchvision's: <c>conv1</c>, <c>bn1</c>,
/// <c>layer1..4.{i}.{conv1..3,bn1..3,downsample.0,downsample.1}</c>. A map has <c>ceil(H / stride)</c> rows.
/// </summary>
/// <remarks>
/// Below an output stride of 32 the last stages keep their input's size and are dilated instead, as torchvision's
/// <c>replace_stride_with_dilation</c> does it: the convolution that lost its stride still has the dilation of the stage
/// before, all later ones have twice that. torchvision refuses this for ResNet-18; here the same rule holds. The dilated
/// network gives the strided one's values wherever their grids meet.
/// </remarks>
public sealed class ResNet : Backbone
{
    private const int NativeStride = 32;
    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn1;
    private readonly Sequential layer1;
    private readonly Sequential layer2;
    private readonly Sequential layer3;
    private readonly Sequential layer4;

    /// <summary>Creates the backbone, its weights unspecified and its batch norms those of no data (mean 0, variance 1).</summary>
    /// <param name="depth">The number of layers: 18, 50 or 101.</param>
    /// <param name="outputStride">32, the network's own; 16, <c>layer4</c> dilated; or 8, <c>layer3</c> dilated as well.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="depth"/> or <paramref name="outputStride"/> is none of these.
    /// </exception>
    public ResNet(int depth, int outputStride = 8)
        : base(string.Create(CultureInfo.InvariantCulture, $"resnet{depth}"))
    {
        int[] blocks = depth switch
        {
            18 => [2, 2, 2, 2],
            50 => [3, 4, 6, 3],
            101 => [3, 4, 23, 3],
            _ => throw new ArgumentOutOfRangeException(nameof(depth), depth, "The depth of a ResNet must be 18, 50 or 101."),
        };
        if (outputStride is not (8 or 16 or NativeStride))
        {
            throw new ArgumentOutOfRangeException(
                nameof(outputStride), outputStride, $"OutputStride of resnet{depth} must be 8, 16 or 32.");
        }

        OutputStride = outputStride;
        int channels = 64;
        int dilation = 1;
        conv1 = BlankLayers.Conv2d(3, channels, 7, stride: 2, padding: 3, bias: false);
        bn1 = nn.BatchNorm2d(channels);
        layer1 = Layer(64, blocks[0], 1);
        layer2 = Layer(128, blocks[1], 2);
        layer3 = Layer(256, blocks[2], 2, dilated: outputStride < 16);
        IntermediateChannels = channels;
        layer4 = Layer(512, blocks[3], 2, dilated: outputStride < NativeStride);
        OutputChannels = channels;
        RegisterComponents();
        Stages =
        [
            new("conv1", [conv1, bn1]),
            new("layer1", [layer1]),
            new("layer2", [layer2]),
            new("layer3", [layer3]),
            new("layer4", [layer4]),
        ];

        Sequential Layer(int width, int count, int stride, bool dilated = false)
        {
            int firstDilation = dilation;
            if (dilated)
            {
                dilation *= stride;
                stride = 1;
            }

            List<(string, nn.Module<Tensor, Tensor>)> layer = [];
            for (int i = 0; i < count; i++)
            {
                bool first = i == 0;
                ResidualBlock block = depth == 18
                    ? new BasicBlock(channels, width, first ? stride : 1, first ? firstDilation : dilation, dilation)
                    : new Bottleneck(channels, width, first ? stride : 1, first ? firstDilation : dilation);
                layer.Add((i.ToString(CultureInfo.InvariantCulture), block));
                channels = depth == 18 ? width : width * Bottleneck.Expansion;
            }

            return nn.Sequential(layer);
        }
    }

    /// <inheritdoc/>
    public override int OutputChannels { get; }

    /// <inheritdoc/>
    public override int? IntermediateChannels { get; }

    /// <inheritdoc/>
    public override int OutputStride { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<BackboneStage> Stages { get; }

    /// <inheritdoc/>
    public override OnnxFeatures ExportFeatures(OnnxGraph graph, OnnxValue images)
    {
        ArgumentNullException.ThrowIfNull(graph);
        OnnxValue x = graph.Relu(graph.Apply(bn1, graph.Apply(conv1, images)));
        x = graph.Apply(layer2, graph.Apply(layer1, graph.MaxPool(x, 3, 2, padding: 1)));
        OnnxValue intermediate = graph.Apply(layer3, x);
        return new OnnxFeatures(graph.Apply(layer4, intermediate), intermediate);
    }

    /// <inheritdoc/>
    public override BackboneFeatures forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = conv1.call(input).Then(bn1).ThenRelu();
        Tensor pooled = nn.functional.max_pool2d(x, 3, 2, padding: 1);
        x.Dispose();
        Tensor intermediate = pooled.Then(layer1).Then(layer2).Then(layer3);
        Tensor last = layer4.call(intermediate);
        return new BackboneFeatures(last.MoveToOuterDisposeScope(), intermediate.MoveToOuterDisposeScope());
    }
}

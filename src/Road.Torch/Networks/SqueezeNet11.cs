using Road.Torch.Onnx;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.Torch.Networks;

/// <summary>
/// SqueezeNet 1.1 without its classifier (Iandola et al., 2016): <c>N x 3 x H x W</c> to <c>N x 512 x h x w</c>,
/// float32; the intermediate map is that of <c>fire7</c>, <c>N x 384</c>. Parameter names are <c>conv1</c> and
/// <c>fire2..9.{squeeze1x1,expand1x1,expand3x3}</c>. The first convolution does not pad and the poolings round up, as published.
/// </summary>
public sealed class SqueezeNet11 : Backbone
{
    private const int NativeStride = 16;
    private readonly Conv2d conv1;
    private readonly Fire fire2;
    private readonly Fire fire3;
    private readonly Fire fire4;
    private readonly Fire fire5;
    private readonly Fire fire6;
    private readonly Fire fire7;
    private readonly Fire fire8;
    private readonly Fire fire9;

    /// <summary>Creates the backbone, its weights unspecified.</summary>
    /// <param name="outputStride">
    /// 16, the network's own, or 8: the last pooling keeps its input's size and what follows is dilated by 2.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="outputStride"/> is neither 8 nor 16.</exception>
    public SqueezeNet11(int outputStride = 8)
        : base("squeezenet1_1")
    {
        if (outputStride is not (8 or NativeStride))
        {
            throw new ArgumentOutOfRangeException(
                nameof(outputStride), outputStride,
                "OutputStride of squeezenet1_1 must be 8 or 16: it has no fifth layer that takes a step of 2.");
        }

        OutputStride = outputStride;
        int dilation = NativeStride / outputStride;
        conv1 = BlankLayers.Conv2d(3, 64, 3, stride: 2);
        fire2 = new Fire("fire2", 64, 16, 64, 1);
        fire3 = new Fire("fire3", 128, 16, 64, 1);
        fire4 = new Fire("fire4", 128, 32, 128, 1);
        fire5 = new Fire("fire5", 256, 32, 128, 1);
        fire6 = new Fire("fire6", 256, 48, 192, dilation);
        fire7 = new Fire("fire7", 384, 48, 192, dilation);
        fire8 = new Fire("fire8", 384, 64, 256, dilation);
        fire9 = new Fire("fire9", 512, 64, 256, dilation);
        RegisterComponents();
        Stages =
        [
            new("conv1", [conv1]),
            new("fire2", [fire2]),
            new("fire3", [fire3]),
            new("fire4", [fire4]),
            new("fire5", [fire5]),
            new("fire6", [fire6]),
            new("fire7", [fire7]),
            new("fire8", [fire8]),
            new("fire9", [fire9]),
        ];
    }

    /// <inheritdoc/>
    public override int OutputChannels => 512;

    /// <inheritdoc/>
    public override int? IntermediateChannels => 384;

    /// <inheritdoc/>
    public override int OutputStride { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<BackboneStage> Stages { get; }

    /// <inheritdoc/>
    public override BackboneFeatures forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Halve(conv1.call(input).ThenRelu()).Then(fire2).Then(fire3);
        x = Halve(x).Then(fire4).Then(fire5);
        x = OutputStride == NativeStride ? Halve(x) : nn.functional.max_pool2d(x, 3, 1, padding: 1);
        Tensor intermediate = x.Then(fire6).Then(fire7);
        Tensor last = fire8.call(intermediate).Then(fire9);
        return new BackboneFeatures(last.MoveToOuterDisposeScope(), intermediate.MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public override OnnxFeatures ExportFeatures(OnnxGraph graph, OnnxValue images)
    {
        ArgumentNullException.ThrowIfNull(graph);
        OnnxValue x = Halve(graph.Relu(graph.Apply(conv1, images)));
        x = Halve(graph.Apply(fire3, graph.Apply(fire2, x)));
        x = graph.Apply(fire5, graph.Apply(fire4, x));
        x = OutputStride == NativeStride ? Halve(x) : graph.MaxPool(x, 3, 1, padding: 1);
        OnnxValue intermediate = graph.Apply(fire7, graph.Apply(fire6, x));
        return new OnnxFeatures(graph.Apply(fire9, graph.Apply(fire8, intermediate)), intermediate);

        OnnxValue Halve(OnnxValue map) => graph.MaxPool(map, 3, 2, ceilMode: true);
    }

    /// <summary>Pools a map that nothing else reads.</summary>
    private static Tensor Halve(Tensor map)
    {
        Tensor pooled = nn.functional.max_pool2d(map, 3, 2, ceil_mode: true);
        map.Dispose();
        return pooled;
    }

    /// <summary>One fire module: a 1x1 squeeze, then 1x1 and 3x3 expansions side by side.</summary>
    private sealed class Fire : nn.Module<Tensor, Tensor>, IOnnxModule
    {
        private readonly Conv2d squeeze1x1;
        private readonly Conv2d expand1x1;
        private readonly Conv2d expand3x3;

        public Fire(string name, int inputs, int squeezed, int expanded, int dilation)
            : base(name)
        {
            squeeze1x1 = BlankLayers.Conv2d(inputs, squeezed, 1);
            expand1x1 = BlankLayers.Conv2d(squeezed, expanded, 1);
            expand3x3 = BlankLayers.Conv2d(squeezed, expanded, 3, padding: dilation, dilation: dilation);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor squeezed = squeeze1x1.call(input).ThenRelu();
            return cat([expand1x1.call(squeezed), expand3x3.call(squeezed)], 1).ThenRelu().MoveToOuterDisposeScope();
        }

        public OnnxValue Export(OnnxGraph graph, OnnxValue input)
        {
            OnnxValue squeezed = graph.Relu(graph.Apply(squeeze1x1, input));
            return graph.Relu(graph.Node(
                "Concat", [graph.Apply(expand1x1, squeezed), graph.Apply(expand3x3, squeezed)], new OnnxAttribute("axis", 1)));
        }
    }
}

using Road.Torch.Onnx;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.Torch.Networks;

/// <summary>
/// VGG-16 without its classifier (Simonyan and Zisserman, 2015): <c>N x 3 x H x W</c> to <c>N x 512 x h x w</c>, float32.
/// Parameter names are torchvision's, <c>features.0.weight</c> to <c>features.28.bias</c>. The intermediate map is relu4_3,
/// <c>N x 512</c>; the skips are the third pooling's map, <c>N x 256</c>, and the fourth's, <c>N x 512</c>.
/// </summary>
public sealed class Vgg16 : Backbone
{
    private const int NativeStride = 32;
    private const int SkipStage = 2;

    // Convolutions a stage, as published; each stage ends with a pooling.
    private static readonly (int Convolutions, int Channels)[] Layout = [(2, 64), (2, 128), (3, 256), (3, 512), (3, 512)];

    private readonly Sequential features;
    private readonly nn.Module<Tensor, Tensor>[] layers;
    private readonly int intermediateLayer;
    private readonly int[] skipLayers;

    /// <summary>Creates the backbone, its weights unspecified.</summary>
    /// <param name="outputStride">
    /// 32: all five poolings, as published, and the last map is the fifth pooling's. 16: without the fifth pooling, the last
    /// map is relu5_3. 8: relu5_3, and the fourth pooling takes no step, so that the fifth stage is dilated by 2.
    /// </param>
    /// <param name="keepsDilatedPooling">
    /// Whether the fourth pooling stays at an output stride of 8, as a 3x3 pooling that keeps its input's size (Chen et al.,
    /// 2017), or goes (Yu and Koltun, 2016). It has no effect at other strides.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="outputStride"/> is not 8, 16 or 32.</exception>
    public Vgg16(int outputStride = 8, bool keepsDilatedPooling = true)
        : base("vgg16")
    {
        if (outputStride is not (8 or 16 or NativeStride))
        {
            throw new ArgumentOutOfRangeException(nameof(outputStride), outputStride, "OutputStride of vgg16 must be 8, 16 or 32.");
        }

        OutputStride = outputStride;
        List<(string, nn.Module<Tensor, Tensor>)> named = [];
        List<BackboneStage> stages = [];
        List<int> skips = [];
        int inputs = 3;
        for (int stage = 0; stage < Layout.Length; stage++)
        {
            (int convolutions, int channels) = Layout[stage];
            bool isLast = stage == Layout.Length - 1;
            bool isBeforeLast = stage == Layout.Length - 2;
            int dilation = isLast && outputStride == 8 ? 2 : 1;
            List<nn.Module> modules = [];
            for (int i = 0; i < convolutions; i++)
            {
                Conv2d convolution = BlankLayers.Conv2d(inputs, channels, 3, padding: dilation, dilation: dilation);
                modules.Add(convolution);
                Add(convolution);
                Add(nn.ReLU(inplace: true));
                inputs = channels;
            }

            stages.Add(new BackboneStage($"conv{stage + 1}", modules));
            if (isBeforeLast)
            {
                intermediateLayer = named.Count - 1;
            }

            if (isBeforeLast && outputStride == 8)
            {
                Add(keepsDilatedPooling ? nn.MaxPool2d(3, stride: 1, padding: 1) : nn.Identity());
            }
            else if (!isLast || outputStride == NativeStride)
            {
                Add(nn.MaxPool2d(2, stride: 2));
            }

            if (stage >= SkipStage && !isLast)
            {
                skips.Add(named.Count - 1);
            }
        }

        skipLayers = [.. skips];
        layers = [.. named.Select(static layer => layer.Item2)];
        features = nn.Sequential(named);
        RegisterComponents();
        Stages = stages;

        void Add(nn.Module<Tensor, Tensor> layer) =>
            named.Add((named.Count.ToString(System.Globalization.CultureInfo.InvariantCulture), layer));
    }

    /// <inheritdoc/>
    public override int OutputChannels => 512;

    /// <inheritdoc/>
    public override int? IntermediateChannels => 512;

    /// <inheritdoc/>
    public override int OutputStride { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<BackboneStage> Stages { get; }

    /// <inheritdoc/>
    public override OnnxFeatures ExportFeatures(OnnxGraph graph, OnnxValue images)
    {
        ArgumentNullException.ThrowIfNull(graph);
        List<OnnxValue> maps = [];
        foreach (nn.Module<Tensor, Tensor> layer in layers)
        {
            maps.Add(graph.Apply(layer, maps.LastOrDefault(images)));
        }

        return new OnnxFeatures(maps[^1], maps[intermediateLayer]) { Skips = [.. skipLayers.Select(layer => maps[layer])] };
    }

    /// <inheritdoc/>
    public override BackboneFeatures forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor? intermediate = null;
        List<Tensor> skips = [];
        Tensor x = layers[0].call(input);
        for (int i = 1; i < layers.Length; i++)
        {
            bool isKept = i - 1 == intermediateLayer || skipLayers.Contains(i - 1);
            x = isKept ? x.Through(layers[i]) : x.Then(layers[i]);
            if (i == intermediateLayer)
            {
                intermediate = x;
            }

            if (skipLayers.Contains(i))
            {
                skips.Add(x);
            }
        }

        foreach (Tensor skip in skips)
        {
            skip.MoveToOuterDisposeScope();
        }

        return new BackboneFeatures(x.MoveToOuterDisposeScope(), intermediate!.MoveToOuterDisposeScope()) { Skips = skips };
    }
}

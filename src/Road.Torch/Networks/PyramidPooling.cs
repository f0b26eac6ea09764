using Road.Torch.Onnx;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.Torch.Networks;

/// <summary>
/// Pyramid pooling (Zhao et al., 2017): the map itself and, for each bin count, its averages over that many bins a
/// direction, reduced by a 1x1 convolution with batch norm and ReLU and spread over the map again, one after the other
/// along the channels. Parameters are <c>features.{i}.{1,2}</c>, as in the authors' PyTorch code.
/// </summary>
internal sealed class PyramidPooling : nn.Module<Tensor, Tensor>, IOnnxModule
{
    private readonly ModuleList<Sequential> features;

    public PyramidPooling(int inputs, IReadOnlyList<int> bins)
        : base("ppm")
    {
        int reduced = inputs / bins.Count;
        OutputChannels = inputs + (reduced * bins.Count);
        features = nn.ModuleList([.. bins.Select(bin => nn.Sequential(
            ("0", nn.AdaptiveAvgPool2d(bin)),
            ("1", BlankLayers.Conv2d(inputs, reduced, 1, bias: false)),
            ("2", HeadNormalization.Create(reduced)),
            ("3", nn.ReLU(inplace: true))))]);
        RegisterComponents();
    }

    public int OutputChannels { get; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        List<Tensor> maps = [input];
        foreach (Sequential branch in features)
        {
            maps.Add(nn.functional.interpolate(
                branch.call(input), size: [input.shape[2], input.shape[3]], mode: InterpolationMode.Bilinear, align_corners: true));
        }

        return cat(maps, 1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public OnnxValue Export(OnnxGraph graph, OnnxValue input)
    {
        OnnxValue size = graph.Size(input);
        return graph.Node(
            "Concat",
            [input, .. features.Select(branch => graph.Interpolate(graph.Apply(branch, input), size, alignCorners: true))],
            new OnnxAttribute("axis", 1));
    }
}

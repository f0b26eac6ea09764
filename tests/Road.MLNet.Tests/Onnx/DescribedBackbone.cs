using Road.Torch.Networks;
using Road.Torch.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.MLNet.Tests.Onnx;

/// <summary>A strided convolution, and a map of global averages added to it.</summary>
internal sealed class DescribedBackbone : Backbone
{
    private readonly Sequential layers;

    public DescribedBackbone()
        : base("described")
    {
        layers = nn.Sequential(
            ("conv", nn.Conv2d(3, OutputChannels, 5, stride: 4, padding: 2, groups: 3)),
            ("norm", nn.BatchNorm2d(OutputChannels)),
            ("relu", nn.ReLU()),
            ("pool", nn.MaxPool2d(3, stride: 1, padding: 1)));
        RegisterComponents();
        Stages = [new("conv", [layers])];
    }

    public override int OutputChannels => 12;

    public override int OutputStride => 4;

    public override IReadOnlyList<BackboneStage> Stages { get; }

    public override BackboneFeatures forward(Tensor input)
    {
        Tensor map = layers.call(input);
        return new BackboneFeatures(map.add(nn.functional.adaptive_avg_pool2d(map, 1)));
    }

    public override OnnxFeatures ExportFeatures(OnnxGraph graph, OnnxValue images)
    {
        OnnxValue map = graph.Apply(layers, images);
        return new OnnxFeatures(graph.Node("Add", [map, graph.Node("GlobalAveragePool", [map])]));
    }
}

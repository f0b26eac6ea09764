using Road.Torch.Networks;
using Road.Torch.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.MLNet.Tests.Onnx;

/// <summary>One convolution on <see cref="DescribedBackbone"/>.</summary>
internal sealed class DescribedNetwork : SegmentationNetwork
{
    private readonly Conv2d classifier;

    public DescribedNetwork(int classCount)
        : base("described", new DescribedBackbone(), classCount)
    {
        classifier = nn.Conv2d(Backbone.OutputChannels, classCount, 3, padding: 2, dilation: 2);
        RegisterComponents();
    }

    public override Tensor Classify(BackboneFeatures features) => classifier.call(features.Last);

    public override OnnxValue ExportClassifier(OnnxGraph graph, OnnxFeatures features) => graph.Apply(classifier, features.Last);

    public override void InitializeWeights(Generator generator) => WeightInitialization.KaimingNormal(this, generator);
}

using Road.Torch.Networks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.Reliability;

/// <summary>The smallest network that can be trained, so that what is tried is files and processes and not arithmetic.</summary>
public sealed class TinyNetworkFactory : SegmentationNetworkFactory
{
    /// <inheritdoc/>
    public override string Name => "tiny-tiny";

    /// <inheritdoc/>
    public override SegmentationNetwork Create(int classCount) => new TinyNetwork(new TinyBackbone(), classCount);

    /// <inheritdoc/>
    public override Backbone CreateBackbone() => new TinyBackbone();

    private sealed class TinyNetwork : SegmentationNetwork
    {
        private readonly Conv2d classifier;

        public TinyNetwork(Backbone backbone, int classCount)
            : base("tiny", backbone, classCount)
        {
            classifier = nn.Conv2d(backbone.OutputChannels, classCount, 1);
            RegisterComponents();
        }

        public override Tensor Classify(BackboneFeatures features) => classifier.call(features.Last);

        public override void InitializeWeights(Generator generator)
        {
            using IDisposable noGradient = no_grad();
            foreach (Parameter parameter in parameters())
            {
                parameter.normal_(0, 0.3, generator);
            }
        }
    }

    private sealed class TinyBackbone : Backbone
    {
        private readonly Conv2d conv;
        private readonly BatchNorm2d norm;

        public TinyBackbone()
            : base("tiny")
        {
            conv = nn.Conv2d(3, OutputChannels, 3, stride: 4, padding: 1);
            norm = nn.BatchNorm2d(OutputChannels);
            RegisterComponents();
            Stages = [new("conv", [conv, norm])];
        }

        public override int OutputChannels => 4;

        public override int OutputStride => 4;

        public override IReadOnlyList<BackboneStage> Stages { get; }

        public override BackboneFeatures forward(Tensor input) => new(norm.call(conv.call(input)).relu_());
    }
}

using Road.Torch.Networks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.MLNet.Tests.Scoring;

internal sealed class TinyNetwork : SegmentationNetwork
{
    private static int s_passes;
    private static int s_images;

    private readonly Conv2d classifier;

    public TinyNetwork(Backbone backbone, int classCount)
        : base("tiny", backbone, classCount)
    {
        classifier = nn.Conv2d(backbone.OutputChannels, classCount, 3, padding: 1);
        RegisterComponents();
    }

    /// <summary>The forward passes of all networks so far.</summary>
    public static int Passes => s_passes;

    /// <summary>The images in those passes.</summary>
    public static int Images => s_images;

    public override Tensor Classify(BackboneFeatures features)
    {
        Interlocked.Increment(ref s_passes);
        Interlocked.Add(ref s_images, (int)features.Last.shape[0]);
        return classifier.call(features.Last);
    }

    public override void InitializeWeights(Generator generator)
    {
        using IDisposable noGradient = no_grad();
        foreach (Parameter parameter in parameters())
        {
            parameter.normal_(0, 0.3, generator);
        }
    }
}

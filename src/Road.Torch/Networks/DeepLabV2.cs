using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.Torch.Networks;

/// <summary>
/// DeepLab v2 (Chen et al., 2017): one dilated 3x3 classifier per rate on the backbone's last map, their logits
/// summed (atrous spatial pyramid pooling). Logits have the resolution of the backbone's last map.
/// </summary>
public sealed class DeepLabV2 : SegmentationNetwork
{
    private readonly ModuleList<Conv2d> aspp;

    /// <summary>Creates the network around a backbone, the head's weights unspecified.</summary>
    /// <param name="backbone">The feature extractor; the network owns it from now on.</param>
    /// <param name="classCount">The number of classes, 2 to 254.</param>
    /// <param name="dilations">The dilation rate of each branch, at least one, each positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    /// <exception cref="ArgumentException"><paramref name="dilations"/> is empty.</exception>
    public DeepLabV2(Backbone backbone, int classCount, IReadOnlyList<int> dilations)
        : base($"deeplab-{backbone?.GetName()}", backbone!, classCount)
    {
        ArgumentNullException.ThrowIfNull(dilations);
        DeepLabV2Factory.ValidateDilations(dilations);
        aspp = nn.ModuleList(
            [.. dilations.Select(rate => nn.Conv2d(backbone!.OutputChannels, classCount, 3, padding: rate, dilation: rate))]);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor Classify(BackboneFeatures features)
    {
        ArgumentNullException.ThrowIfNull(features);
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = aspp[0].call(features.Last);
        for (int i = 1; i < aspp.Count; i++)
        {
            logits.PlusInPlace(aspp[i].call(features.Last));
        }

        return logits.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override void InitializeWeights(Generator generator)
    {
        WeightInitialization.KaimingNormal(Backbone, generator);
        foreach (Conv2d branch in aspp)
        {
            WeightInitialization.Normal(branch, 0.01, generator);
        }
    }
}

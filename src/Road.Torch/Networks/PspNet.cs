using Road.Torch.Onnx;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Road.Torch.Networks;

/// <summary>
/// PSPNet (Zhao et al., 2017): averages of the backbone's last map over a pyramid of bins beside the map itself, a 3x3
/// convolution with batch norm, ReLU and dropout, and a 1x1 classifier; in training an auxiliary classifier of the same
/// shape on the intermediate map. Logits have the resolution of these maps. The head's parameters are
/// <c>ppm.features.{i}.{1,2}</c>, <c>cls.{0,1,4}</c> and <c>aux.{0,1,4}</c>, as in the authors' PyTorch code.
/// </summary>
/// <remarks>
/// <para>Any input size works. The pooled maps are upsampled with their corners aligned, as the authors do. On a ResNet at an
/// output stride of 8, whose maps have <c>ceil(size / 8)</c> rows and columns, the maps' corners fall onto the image's
/// corner pixels only where <c>(size - 1) % 8 == 0</c>, such as 321 or 713: the authors allow no other sizes. At others the
/// map's last row stands for less than the image's last 8 rows, which moves the logits by a fraction of a step there.</para>
/// <para>The ResNets are those of torchvision, whose first layer is one 7x7 convolution; the authors' own have three of
/// 3x3. A batch in training needs at least two images, since the coarsest bin is one value an image.</para>
/// </remarks>
public sealed class PspNet : SegmentationNetwork
{
    private readonly PyramidPooling ppm;
    private readonly Sequential cls;

    [ComponentName(Name = "aux")]
    private readonly Sequential? auxiliary;

    /// <summary>Creates the network around a backbone, the head's weights unspecified.</summary>
    /// <param name="backbone">
    /// The feature extractor; the network owns it from now on. It gives an auxiliary classifier where it has an intermediate map.
    /// </param>
    /// <param name="classCount">The number of classes, 2 to 254.</param>
    /// <param name="bins">The bins a direction at each level of the pyramid, at least one level, each positive.</param>
    /// <param name="dropout">How likely a value before a classifier becomes zero, 0 to less than 1.</param>
    /// <param name="auxiliaryWeight">The weight of the auxiliary classifier's loss, 0 (no auxiliary classifier) to 10.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    /// <exception cref="ArgumentException"><paramref name="bins"/> is empty, or has more levels than the backbone has channels.</exception>
    public PspNet(Backbone backbone, int classCount, IReadOnlyList<int> bins, double dropout = 0.1, double auxiliaryWeight = 0.4)
        : base($"pspnet-{backbone?.GetName()}", backbone!, classCount)
    {
        ArgumentNullException.ThrowIfNull(bins);
        PspNetFactory.ValidateBins(bins);
        if (bins.Count > backbone!.OutputChannels)
        {
            throw new ArgumentException(
                $"Bins must hold at most as many levels as '{backbone.GetName()}' has channels, {backbone.OutputChannels}.", nameof(bins));
        }

        OptionGuard.Below(dropout, 0, 1, nameof(dropout));
        AuxiliaryWeight = OptionGuard.Between(auxiliaryWeight, 0, 10, nameof(auxiliaryWeight));
        ppm = new PyramidPooling(backbone.OutputChannels, bins);
        cls = Classifier(ppm.OutputChannels, backbone.OutputChannels);
        auxiliary = auxiliaryWeight > 0 && backbone.IntermediateChannels is int channels ? Classifier(channels, channels) : null;
        RegisterComponents();

        Sequential Classifier(int inputs, int mapChannels)
        {
            int width = Math.Max(1, mapChannels / 4);
            return nn.Sequential(
                ("0", BlankLayers.Conv2d(inputs, width, 3, padding: 1, bias: false)),
                ("1", HeadNormalization.Create(width)),
                ("2", nn.ReLU(inplace: true)),
                ("3", new GeneratedDropout(dropout)),
                ("4", BlankLayers.Conv2d(width, classCount, 1)));
        }
    }

    /// <inheritdoc/>
    public override bool PrefersChannelsLast => true;

    /// <inheritdoc/>
    public override double AuxiliaryWeight { get; }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The network is in training and the features are of one image.</exception>
    public override Tensor Classify(BackboneFeatures features)
    {
        ArgumentNullException.ThrowIfNull(features);
        HeadNormalization.EnsureSeveralImages(this, features.Last);
        using DisposeScope scope = NewDisposeScope();
        Tensor x = ppm.call(features.Last);
        foreach (nn.Module<Tensor, Tensor> layer in cls.children().Cast<nn.Module<Tensor, Tensor>>())
        {
            x = x.Then(layer);
        }

        return x.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override OnnxValue ExportClassifier(OnnxGraph graph, OnnxFeatures features)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(features);
        return graph.Apply(cls, graph.Apply(ppm, features.Last));
    }

    /// <inheritdoc/>
    public override Tensor? ClassifyAuxiliary(BackboneFeatures features)
    {
        ArgumentNullException.ThrowIfNull(features);
        return features.Intermediate is null ? null : auxiliary?.call(features.Intermediate);
    }

    /// <summary>Draws the weights from the generator, but sets the classifiers' last layers to zero.</summary>
    /// <param name="generator">The source of randomness; it must live on the parameters' device.</param>
    public override void InitializeWeights(Generator generator)
    {
        WeightInitialization.KaimingNormal(Backbone, generator);
        WeightInitialization.KaimingNormal(ppm, generator);
        foreach (Sequential classifier in new[] { cls, auxiliary }.OfType<Sequential>())
        {
            WeightInitialization.KaimingNormal(classifier, generator);
            WeightInitialization.Zero(classifier.children().Last());
        }

        GeneratedDropout.Seed(this, generator);
    }
}

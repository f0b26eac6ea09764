using Road.Torch.Onnx;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.Torch.Networks;

/// <summary>
/// DeepLab v2 (Chen et al., 2017): one dilated branch per rate on the backbone's last map, their logits summed (atrous
/// spatial pyramid pooling). Logits have the resolution of the backbone's last map. The head's parameters are
/// <c>aspp.{i}</c>, or <c>aspp.{i}.{fc6,fc7,fc8}</c> in the form published on VGG-16.
/// </summary>
public sealed class DeepLabV2 : SegmentationNetwork
{
    // The positions that a branch computes at a time where memory matters: 16 MiB a map of 1024 channels.
    private const int StripPositions = 4096;

    private readonly ModuleList<nn.Module<Tensor, Tensor>> aspp;

    /// <summary>Creates the network around a backbone, the head's weights unspecified.</summary>
    /// <param name="backbone">The feature extractor; the network owns it from now on.</param>
    /// <param name="classCount">The number of classes, 2 to 254.</param>
    /// <param name="dilations">The dilation rate of each branch, at least one, each positive.</param>
    /// <param name="form">The layers of a branch.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    /// <exception cref="ArgumentException"><paramref name="dilations"/> is empty.</exception>
    public DeepLabV2(Backbone backbone, int classCount, IReadOnlyList<int> dilations, DeepLabV2Form form = DeepLabV2Form.ResNet)
        : base($"deeplab-{backbone?.GetName()}", backbone!, classCount)
    {
        ArgumentNullException.ThrowIfNull(dilations);
        DeepLabV2Factory.ValidateDilations(dilations);
        OptionGuard.Defined(form, nameof(form));
        int inputs = backbone!.OutputChannels;
        aspp = nn.ModuleList<nn.Module<Tensor, Tensor>>(
            [.. dilations.Select(rate => form == DeepLabV2Form.Vgg ? Branch(rate) : Classifier(rate))]);
        RegisterComponents();

        nn.Module<Tensor, Tensor> Branch(int rate) => new DeepLabV2Branch(inputs, classCount, rate);
        nn.Module<Tensor, Tensor> Classifier(int rate) => BlankLayers.Conv2d(inputs, classCount, 3, padding: rate, dilation: rate);
    }

    /// <inheritdoc/>
    public override bool PrefersChannelsLast => true;

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

    /// <summary>
    /// As <see cref="SegmentationNetwork.ClassifySparingly"/> says: a few rows of the map at a time. Every row of the result
    /// comes from the rows that its branches reach, so this is not more arithmetic.
    /// </summary>
    /// <param name="features">Feature maps, <c>N x C x h x w, float32</c>.</param>
    /// <returns>Logits, <c>N x K x h x w, float32</c>.</returns>
    public override Tensor ClassifySparingly(BackboneFeatures features)
    {
        ArgumentNullException.ThrowIfNull(features);
        Tensor map = features.Last;
        (long images, long height, long width) = (map.shape[0], map.shape[2], map.shape[3]);
        long rows = Math.Max(1, StripPositions / (images * width));
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = zeros([images, ClassCount, height, width], map.dtype, map.device);
        for (long top = 0; top < height; top += rows)
        {
            using DisposeScope strip = NewDisposeScope();
            long count = Math.Min(rows, height - top);
            foreach (nn.Module<Tensor, Tensor> branch in aspp)
            {
                using DisposeScope pass = NewDisposeScope();
                Tensor part = branch is DeepLabV2Branch layers
                    ? layers.ClassifyRows(map, top, count)
                    : ((Conv2d)branch).Rows(map, top, count);
                logits.narrow(2, top, count).PlusInPlace(part);
            }
        }

        return logits.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override OnnxValue ExportClassifier(OnnxGraph graph, OnnxFeatures features)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(features);
        return aspp
            .Select(branch => graph.Apply(branch, features.Last))
            .Aggregate((sum, logits) => graph.Node("Add", [sum, logits]));
    }

    /// <summary>
    /// Draws the weights from the generator, but sets the classifiers' to zero. The taps of a wide branch that lie beyond a
    /// training crop on every side never learn; on a larger image at test time random ones of a classifier would add noise.
    /// </summary>
    /// <param name="generator">The source of randomness; it must live on the parameters' device.</param>
    public override void InitializeWeights(Generator generator)
    {
        WeightInitialization.KaimingNormal(Backbone, generator);
        foreach (nn.Module<Tensor, Tensor> module in aspp)
        {
            if (module is DeepLabV2Branch branch)
            {
                branch.InitializeWeights(generator);
            }
            else
            {
                WeightInitialization.Zero(module);
            }
        }
    }
}

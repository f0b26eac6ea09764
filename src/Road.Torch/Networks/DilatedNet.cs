using System.Globalization;
using Road.Torch.Onnx;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.Torch.Networks;

/// <summary>
/// The network of Yu and Koltun (2016): on VGG-16 without its last two poolings, the front end, a 7x7 convolution dilated by
/// 4 and two 1x1 convolutions, gives one map a class; the context module, 3x3 convolutions of growing dilation in the basic
/// form (as many channels as classes), widens what each of them sees. Logits have the resolution of the backbone's last
/// map. The head's parameters are <c>fc6</c>, <c>fc7</c>, <c>final</c> and <c>context.{0,2,...,14}</c>.
/// </summary>
/// <remarks>
/// Every convolution pads with zeros and so keeps its map's size; the authors pad the image by reflection instead, which
/// ties a network to one size.
/// </remarks>
public sealed class DilatedNet : SegmentationNetwork
{
    private const int FrontEndDilation = 4;

    // Table 1 of the paper; a 1x1 convolution follows.
    private static readonly int[] ContextDilations = [1, 1, 2, 4, 8, 16, 1];

    private readonly Conv2d fc6;
    private readonly GeneratedDropout dropout6;
    private readonly Conv2d fc7;
    private readonly GeneratedDropout dropout7;
    private readonly Conv2d final;
    private readonly Sequential? context;

    /// <summary>Creates the network around a backbone, the head's weights unspecified.</summary>
    /// <param name="backbone">The feature extractor, of an output stride of 8; the network owns it from now on.</param>
    /// <param name="classCount">The number of classes, 2 to 254.</param>
    /// <param name="hiddenChannels">The channels of <c>fc6</c> and <c>fc7</c>, 1 to 4096.</param>
    /// <param name="dropout">How likely a value after <c>fc6</c> and <c>fc7</c> becomes zero, 0 to less than 1.</param>
    /// <param name="hasContext">Whether the context module follows the front end.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public DilatedNet(Backbone backbone, int classCount, int hiddenChannels = 4096, double dropout = 0.5, bool hasContext = true)
        : base($"dilatednet-{backbone?.GetName()}", backbone!, classCount)
    {
        OptionGuard.Between(hiddenChannels, 1, 4096, nameof(hiddenChannels));
        OptionGuard.Below(dropout, 0, 1, nameof(dropout));
        fc6 = BlankLayers.Conv2d(backbone!.OutputChannels, hiddenChannels, 7, padding: 3 * FrontEndDilation, dilation: FrontEndDilation);
        dropout6 = new GeneratedDropout(dropout);
        fc7 = BlankLayers.Conv2d(hiddenChannels, hiddenChannels, 1);
        dropout7 = new GeneratedDropout(dropout);
        final = BlankLayers.Conv2d(hiddenChannels, classCount, 1);
        context = hasContext ? Context(classCount) : null;
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor Classify(BackboneFeatures features)
    {
        ArgumentNullException.ThrowIfNull(features);
        using DisposeScope scope = NewDisposeScope();
        Tensor x = fc6.call(features.Last).ThenRelu().Then(dropout6).Then(fc7).ThenRelu().Then(dropout7).Then(final);
        return (context is null ? x : x.Then(context)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override OnnxValue ExportClassifier(OnnxGraph graph, OnnxFeatures features)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(features);
        OnnxValue x = graph.Relu(graph.Apply(fc6, features.Last));
        x = graph.Apply(final, graph.Relu(graph.Apply(fc7, x)));
        return context is null ? x : graph.Apply(context, x);
    }

    /// <summary>
    /// Draws the weights from the generator, but makes the context module keep its input, as its authors do. Without it the
    /// classifier starts at zero; with it that would leave the module's ReLUs without a gradient for good.
    /// </summary>
    /// <param name="generator">The source of randomness; it must live on the parameters' device.</param>
    public override void InitializeWeights(Generator generator)
    {
        WeightInitialization.KaimingNormal(Backbone, generator);
        WeightInitialization.KaimingNormal(fc6, generator);
        WeightInitialization.KaimingNormal(fc7, generator);
        if (context is null)
        {
            WeightInitialization.Zero(final);
        }
        else
        {
            WeightInitialization.KaimingNormal(final, generator);
            WeightInitialization.Identity(context);
        }

        GeneratedDropout.Seed(this, generator);
    }

    private static Sequential Context(int channels)
    {
        List<(string, nn.Module<Tensor, Tensor>)> layers = [];
        foreach (int dilation in ContextDilations)
        {
            Add(BlankLayers.Conv2d(channels, channels, 3, padding: dilation, dilation: dilation));
            Add(nn.ReLU(inplace: true));
        }

        Add(BlankLayers.Conv2d(channels, channels, 1));
        return nn.Sequential(layers);

        void Add(nn.Module<Tensor, Tensor> layer) => layers.Add((layers.Count.ToString(CultureInfo.InvariantCulture), layer));
    }
}

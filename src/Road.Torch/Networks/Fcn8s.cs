using Road.Torch.Onnx;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Road.Torch.Networks;

/// <summary>
/// FCN-8s (Long et al., 2015): class scores of the fully convolutional VGG-16, upsampled by 2, added to those of the fourth
/// pooling's map, upsampled by 2, added to those of the third's, and upsampled by 8; each upsampling is a learned transposed
/// convolution. The head pools the backbone's last map (relu5_3) once more before its 7x7 convolution. Logits are
/// <c>N x K x 8 floor(H / 8) x 8 floor(W / 8)</c>. The head's parameters are <c>fc6</c>, <c>fc7</c>, <c>score_fr</c>,
/// <c>score_pool4</c>, <c>score_pool3</c>, <c>upscore2</c>, <c>upscore_pool4</c> and <c>upscore8</c>.
/// </summary>
/// <remarks>
/// Convolutions pad with zeros to keep their map's size, where the authors pad the image by 100 pixels; where a skip's map
/// has an odd size, the upsampled scores are cut out of the transposed convolution's full result to that size, as they do.
/// </remarks>
public sealed class Fcn8s : SegmentationNetwork
{
    private const int KernelSize = 7;
    private const int Padding = 3;

    private readonly Conv2d fc6;
    private readonly GeneratedDropout dropout6;
    private readonly Conv2d fc7;
    private readonly GeneratedDropout dropout7;

    [ComponentName(Name = "score_fr")]
    private readonly Conv2d scoreLast;

    [ComponentName(Name = "score_pool4")]
    private readonly Conv2d scorePool4;

    [ComponentName(Name = "score_pool3")]
    private readonly Conv2d scorePool3;

    private readonly ConvTranspose2d upscore2;

    [ComponentName(Name = "upscore_pool4")]
    private readonly ConvTranspose2d upscorePool4;

    private readonly ConvTranspose2d upscore8;
    private readonly double pool4Scale;
    private readonly double pool3Scale;

    /// <summary>Creates the network around a backbone, the head's weights unspecified.</summary>
    /// <param name="backbone">VGG-16 at an output stride of 16; the network owns it from now on.</param>
    /// <param name="classCount">The number of classes, 2 to 254.</param>
    /// <param name="hiddenChannels">The channels of <c>fc6</c> and <c>fc7</c>, 1 to 4096.</param>
    /// <param name="dropout">How likely a value after <c>fc6</c> and <c>fc7</c> becomes zero, 0 to less than 1.</param>
    /// <param name="pool4Scale">What the fourth pooling's map is multiplied by before its scores, more than 0 and at most 1000.</param>
    /// <param name="pool3Scale">The same of the third pooling's map.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    /// <exception cref="ArgumentException">The backbone does not have the output stride 16.</exception>
    public Fcn8s(
        Vgg16 backbone, int classCount, int hiddenChannels = 4096, double dropout = 0.5, double pool4Scale = 0.01,
        double pool3Scale = 0.0001)
        : base($"fcn8s-{backbone?.GetName()}", backbone!, classCount)
    {
        if (backbone!.OutputStride != 16)
        {
            throw new ArgumentException($"FCN-8s needs a backbone of the output stride 16, not {backbone.OutputStride}.", nameof(backbone));
        }

        OptionGuard.Between(hiddenChannels, 1, 4096, nameof(hiddenChannels));
        OptionGuard.Below(dropout, 0, 1, nameof(dropout));
        this.pool4Scale = OptionGuard.PositiveUpTo(pool4Scale, 1000, nameof(pool4Scale));
        this.pool3Scale = OptionGuard.PositiveUpTo(pool3Scale, 1000, nameof(pool3Scale));
        fc6 = BlankLayers.Conv2d(backbone.OutputChannels, hiddenChannels, KernelSize, padding: Padding);
        dropout6 = new GeneratedDropout(dropout);
        fc7 = BlankLayers.Conv2d(hiddenChannels, hiddenChannels, 1);
        dropout7 = new GeneratedDropout(dropout);
        scoreLast = BlankLayers.Conv2d(hiddenChannels, classCount, 1);
        scorePool4 = BlankLayers.Conv2d(512, classCount, 1);
        scorePool3 = BlankLayers.Conv2d(256, classCount, 1);

        // The rows and columns that a symmetric padding would cut are cut later, to the size of what they are added to.
        upscore2 = BlankLayers.ConvTranspose2d(classCount, classCount, 4, stride: 2);
        upscorePool4 = BlankLayers.ConvTranspose2d(classCount, classCount, 4, stride: 2);
        upscore8 = BlankLayers.ConvTranspose2d(classCount, classCount, 16, stride: 8, padding: 4);
        RegisterComponents();
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The features lack the skips, or are of an image smaller than 32 x 32.</exception>
    public override Tensor Classify(BackboneFeatures features)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (features.Skips is not [Tensor pool3, Tensor pool4])
        {
            throw new ArgumentException(
                $"FCN-8s needs the third and the fourth pooling's maps as skips, and there are {features.Skips.Count}.", nameof(features));
        }

        if (features.Last.shape[2] < 2 || features.Last.shape[3] < 2)
        {
            throw new ArgumentException("FCN-8s needs images of at least 32 x 32 pixels.", nameof(features));
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor x = Hidden(nn.functional.max_pool2d(features.Last, 2, 2)).ThenRelu().Then(dropout6).Then(fc7).ThenRelu().Then(
            dropout7).Then(scoreLast);
        x = Join(x.Then(upscore2), scorePool4.call(pool4.Times(pool4Scale)));
        x = Join(x.Then(upscorePool4), scorePool3.call(pool3.Times(pool3Scale)));
        return x.Then(upscore8).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The features lack the skips.</exception>
    public override OnnxValue ExportClassifier(OnnxGraph graph, OnnxFeatures features)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(features);
        if (features.Skips is not [OnnxValue pool3, OnnxValue pool4])
        {
            throw new ArgumentException(
                $"FCN-8s needs the third and the fourth pooling's maps as skips, and there are {features.Skips.Count}.", nameof(features));
        }

        OnnxValue x = graph.Relu(graph.Apply(fc6, graph.MaxPool(features.Last, 2, 2)));
        x = graph.Apply(scoreLast, graph.Relu(graph.Apply(fc7, x)));
        x = Join(graph.Apply(upscore2, x), Score(scorePool4, pool4, pool4Scale));
        x = Join(graph.Apply(upscorePool4, x), Score(scorePool3, pool3, pool3Scale));
        return graph.Apply(upscore8, x);

        OnnxValue Score(Conv2d classifier, OnnxValue map, double scale) =>
            graph.Apply(classifier, graph.Node("Mul", [map, graph.Floats([], (float)scale)]));

        OnnxValue Join(OnnxValue upsampled, OnnxValue scores)
        {
            OnnxValue end = graph.Node("Add", [graph.Size(scores), graph.Integers(1)]);
            return graph.Node("Add", [scores, graph.Node("Slice", [upsampled, graph.Integers(1, 1), end, graph.Integers(2, 3)])]);
        }
    }

    /// <summary>
    /// Draws the weights from the generator, but sets the score layers' to zero and makes the upsamplings bilinear, as the
    /// authors do.
    /// </summary>
    /// <param name="generator">The source of randomness; it must live on the parameters' device.</param>
    public override void InitializeWeights(Generator generator)
    {
        WeightInitialization.KaimingNormal(Backbone, generator);
        WeightInitialization.KaimingNormal(fc6, generator);
        WeightInitialization.KaimingNormal(fc7, generator);
        foreach (Conv2d score in new[] { scoreLast, scorePool4, scorePool3 })
        {
            WeightInitialization.Zero(score);
        }

        foreach (ConvTranspose2d upscore in new[] { upscore2, upscorePool4, upscore8 })
        {
            WeightInitialization.Bilinear(upscore.weight!);
        }

        GeneratedDropout.Seed(this, generator);
    }

    /// <summary>
    /// The first layer. For a map much smaller than its kernel oneDNN takes the gradient of bfloat16 weights from memory that it has not
    /// written, so zeros go around such a map first, and the layer adds none.
    /// </summary>
    private Tensor Hidden(Tensor map)
    {
        if (map.dtype != ScalarType.BFloat16 || Math.Min(map.shape[2], map.shape[3]) >= KernelSize / 2)
        {
            return map.Then(fc6);
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor padded = nn.functional.pad(map, [Padding, Padding, Padding, Padding]);
        return nn.functional.conv2d(padded, fc6.weight!, fc6.bias).MoveToOuterDisposeScope();
    }

    /// <summary>Adds the part of upsampled scores that lies over a finer map's scores to these.</summary>
    private static Tensor Join(Tensor upsampled, Tensor scores) =>
        scores.PlusInPlace(upsampled.narrow(2, 1, scores.shape[2]).narrow(3, 1, scores.shape[3]));
}

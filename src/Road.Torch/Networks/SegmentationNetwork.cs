using Road.Torch.Onnx;
using Road.Torch.Weights;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Road.Torch.Networks;

/// <summary>
/// A backbone and a classifier on top: <c>N x 3 x H x W, float32</c> to logits <c>N x K x h x w, float32</c>, at
/// whatever resolution the classifier works; all of it <c>bfloat16</c> where training or scoring asks for that precision. Derive from it to
/// train a network of your own with ROAD.
/// </summary>
public abstract class SegmentationNetwork : nn.Module<Tensor, Tensor>
{
    private const string FeatureScaleName = "feature_scale";
    private const int ChannelsOfVector = 16;

    /// <summary>
    /// Initialises the network around a backbone. The derived class calls <c>RegisterComponents</c> when its own modules
    /// are made; the backbone is then registered as <c>backbone</c>, so it needs no field for it.
    /// </summary>
    /// <param name="name">The network's name, such as <c>deeplab-vgg16</c>.</param>
    /// <param name="backbone">The feature extractor.</param>
    /// <param name="classCount">The number of classes, 2 to 254.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="classCount"/> is outside 2 to 254.</exception>
    protected SegmentationNetwork(string name, Backbone backbone, int classCount)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        if (classCount is < 2 or > 254)
        {
            throw new ArgumentOutOfRangeException(nameof(classCount), classCount, "The number of classes must be 2 to 254.");
        }

        Backbone = backbone;
        ClassCount = classCount;
        register_buffer(FeatureScaleName, ones(1));
    }

    /// <summary>The feature extractor.</summary>
    [field: ComponentName(Name = "backbone")]
    public Backbone Backbone { get; }

    /// <summary>The number of classes, K.</summary>
    public int ClassCount { get; }

    /// <summary>
    /// Whether a CPU runs the network faster where the channels of a pixel lie side by side in memory; false unless a class
    /// says otherwise. Training and scoring then hand in such images, and layers pass the order on: shapes are the same,
    /// but <c>view</c> refuses what <c>reshape</c> does.
    /// </summary>
    public virtual bool PrefersChannelsLast => false;

    /// <summary>The weight of the auxiliary classifier's loss; it matters where <see cref="ClassifyAuxiliary"/> gives logits.</summary>
    public virtual double AuxiliaryWeight => 0.4;

    /// <summary>
    /// What the backbone's last map is multiplied by before anything else sees it; 1 in a new network, a buffer named
    /// <c>feature_scale</c> among its weights, one element, <c>float32</c>.
    /// </summary>
    public Tensor FeatureScale => get_buffer(FeatureScaleName)!;

    /// <summary>
    /// Whether oneDNN would take gradients of <c>bfloat16</c> weights from memory that it has not written: in dilated layers whose
    /// input's channels lie side by side and do not fill its vectors.
    /// </summary>
    internal bool HasLayersUnfitForChannelsLast => modules().OfType<TorchSharp.Modules.Conv2d>()
        .Any(static layer => layer.dilation is { } dilation && dilation.Any(static step => step > 1)
            && layer.in_channels % ChannelsOfVector != 0);

    /// <summary>Pixels as the network wants them on the device they lie on.</summary>
    internal Tensor Normalize(InputNormalization normalization, Tensor pixels, bool mayBeChannelsLast = true) =>
        normalization.Apply(pixels, mayBeChannelsLast && PrefersChannelsLast && pixels.device_type == DeviceType.CPU);

    /// <summary>
    /// Runs a backbone and scales its last map by <see cref="FeatureScale"/>; the intermediate map and the skips stay as the
    /// backbone gives them.
    /// </summary>
    /// <param name="images">Normalised images, <c>N x 3 x H x W, float32</c>.</param>
    /// <param name="backbone">A twin to run in the place of the network's own backbone; null for its own.</param>
    /// <returns>The feature maps as <see cref="Classify"/> and the adaptation losses take them.</returns>
    public BackboneFeatures Extract(Tensor images, Backbone? backbone = null)
    {
        using DisposeScope scope = NewDisposeScope();
        BackboneFeatures features = (backbone ?? Backbone).call(images);
        features.Intermediate?.MoveToOuterDisposeScope();
        foreach (Tensor skip in features.Skips)
        {
            skip.MoveToOuterDisposeScope();
        }

        // The scale is float32; the product of a bfloat16 map is rounded once.
        return features with { Last = features.Last.mul(FeatureScale).to(features.Last.dtype).MoveToOuterDisposeScope() };
    }

    /// <summary>
    /// Chooses <see cref="FeatureScale"/> so that the last map's values have a root mean square of 1 on the given images.
    /// Rates and weights of losses then mean the same whatever numbers the pretrained weights work with: SqueezeNet
    /// trained on pixels of 0 to 255 gives features eight times as large as a network with batch norm, which makes the head
    /// 60 times as fast and distillation eight times as strong.
    /// </summary>
    /// <param name="images">Normalised images of the training, <c>N x 3 x H x W, float32</c>.</param>
    public void NormalizeFeatures(Tensor images)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();

        // In training mode the pass would move the statistics of a batch norm.
        bool training = Backbone.training;
        Backbone.eval();
        Tensor last = Backbone.call(images).Last.to(ScalarType.Float32);
        Backbone.train(training);
        float rootMeanSquare = last.mul(last).mean().sqrt().item<float>();

        // Features that are zero everywhere, or overflow, have no scale; the training that follows says what is wrong.
        FeatureScale.Fill(rootMeanSquare > 0 && float.IsFinite(1 / rootMeanSquare) ? 1 / rootMeanSquare : 1);
    }

    /// <summary>Turns features into logits.</summary>
    /// <param name="features">Feature maps as <see cref="Extract"/> gives them.</param>
    /// <returns>Logits, <c>N x K x h x w, float32</c>.</returns>
    public abstract Tensor Classify(BackboneFeatures features);

    /// <summary>
    /// Does what <see cref="Classify"/> does in evaluation mode, with as little memory beside its result as it can; scoring
    /// calls it where it takes an image in tiles. It is <see cref="Classify"/> itself unless a class overrides it.
    /// </summary>
    /// <param name="features">Feature maps as <see cref="Extract"/> gives them, without the intermediate map.</param>
    /// <returns>Logits, <c>N x K x h x w, float32</c>; equal to those of <see cref="Classify"/> but for rounding.</returns>
    public virtual Tensor ClassifySparingly(BackboneFeatures features) => Classify(features);

    /// <summary>Turns features into the logits of an auxiliary classifier, used only in training.</summary>
    /// <param name="features">Feature maps as <see cref="Extract"/> gives them.</param>
    /// <returns>Logits, <c>N x K x h x w, float32</c>, or null where the network has no auxiliary classifier.</returns>
    public virtual Tensor? ClassifyAuxiliary(BackboneFeatures features) => null;

    /// <summary>
    /// Adds what <see cref="Classify"/> computes in evaluation mode to a graph. A network outside this assembly can be exported
    /// to ONNX where it overrides this and its backbone overrides <see cref="Networks.Backbone.ExportFeatures"/>.
    /// </summary>
    /// <param name="graph">The graph to add to.</param>
    /// <param name="features">Feature maps, the last one scaled by <see cref="FeatureScale"/>.</param>
    /// <returns>Logits, <c>N x K x h x w, float32</c>.</returns>
    /// <exception cref="NotSupportedException">The network does not describe itself.</exception>
    public virtual OnnxValue ExportClassifier(OnnxGraph graph, OnnxFeatures features) => throw new NotSupportedException(
        $"The network '{GetName()}' ({GetType().Name}) cannot be exported to ONNX: it does not override {nameof(ExportClassifier)}.");

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => Classify(Extract(input));

    /// <summary>Gives every parameter its starting value, from the generator alone.</summary>
    /// <param name="generator">The source of randomness; it must live on the parameters' device.</param>
    public abstract void InitializeWeights(Generator generator);
}

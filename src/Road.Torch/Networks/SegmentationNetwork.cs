using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Road.Torch.Networks;

/// <summary>
/// A backbone and a classifier on top: <c>N x 3 x H x W, float32</c> to logits <c>N x K x h x w, float32</c>, at
/// whatever resolution the classifier works. Derive from it to train a network of your own with ROAD.
/// </summary>
public abstract class SegmentationNetwork : nn.Module<Tensor, Tensor>
{
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
    }

    /// <summary>The feature extractor.</summary>
    [field: ComponentName(Name = "backbone")]
    public Backbone Backbone { get; }

    /// <summary>The number of classes, K.</summary>
    public int ClassCount { get; }

    /// <summary>The weight of the auxiliary classifier's loss; it matters where <see cref="ClassifyAuxiliary"/> gives logits.</summary>
    public virtual double AuxiliaryWeight => 0.4;

    /// <summary>Turns features into logits.</summary>
    /// <param name="features">The backbone's feature maps.</param>
    /// <returns>Logits, <c>N x K x h x w, float32</c>.</returns>
    public abstract Tensor Classify(BackboneFeatures features);

    /// <summary>Turns features into the logits of an auxiliary classifier, used only in training.</summary>
    /// <param name="features">The backbone's feature maps.</param>
    /// <returns>Logits, <c>N x K x h x w, float32</c>, or null where the network has no auxiliary classifier.</returns>
    public virtual Tensor? ClassifyAuxiliary(BackboneFeatures features) => null;

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => Classify(Backbone.call(input));

    /// <summary>Gives every parameter its starting value, from the generator alone.</summary>
    /// <param name="generator">The source of randomness; it must live on the parameters' device.</param>
    public abstract void InitializeWeights(Generator generator);
}

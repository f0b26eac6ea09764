using System.Globalization;

namespace Road.Torch.Adaptation;

/// <summary>
/// Self-training on mixed images: the pixels of half the classes of a source crop are pasted onto a target crop, and the network learns
/// the source's labels there and the pseudo labels of a mean teacher elsewhere. Steps and numbers are those of DACS (Tranheden, Olsson,
/// Pinto and Svensson, WACV 2021) and DAFormer (Hoyer, Dai and Van Gool, CVPR 2022). It reports <c>L_mix</c>, and <c>L_fd</c> where
/// <see cref="FeatureDistanceWeight"/> asks for it. The training's result is the trained network, not the teacher.
/// </summary>
/// <remarks>
/// The cross-entropies of mixed images, times the weights of their pixels, are divided by the number of labelled pixels, as those of the
/// source are; the papers divide by all pixels. Colours of a mixed image are changed in four of five steps, in half of them it is blurred.
/// </remarks>
public sealed class SelfTraining : PseudoLabelMethod
{
    private const int LastClass = 253;

    /// <summary>The weight of the loss of mixed images: 0 (off) to 1000, 1 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double Weight
    {
        get;
        set => field = OptionGuard.Between(value, 0, 1000);
    } = 1;

    /// <summary>
    /// The weight of the distance of the backbone's last map to the frozen, pretrained backbone's, where source crops show
    /// <see cref="ThingClasses"/>: 0 (off, the default) to 1000; DAFormer has 0.005.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double FeatureDistanceWeight
    {
        get;
        set => field = OptionGuard.Between(value, 0, 1000);
    }

    /// <summary>
    /// The share of the pixels under an activation that one of the <see cref="ThingClasses"/> must have, for its distance to count: more
    /// than 0, at most 1; DAFormer's 0.75 by default.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double ThingShare
    {
        get;
        set => field = OptionGuard.PositiveUpTo(value, 1);
    } = 0.75;

    /// <summary>
    /// The indices of the classes of countable things, 0 to 253 each, those of Cityscapes' 19 classes by default: traffic light and sign,
    /// and from person to bicycle. They matter where <see cref="FeatureDistanceWeight"/> is not 0, and are below the number of classes
    /// then.
    /// </summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside its range.</exception>
    public IReadOnlyList<int> ThingClasses
    {
        get;
        set
        {
            ArgumentNullException.ThrowIfNull(value, nameof(ThingClasses));
            field = [.. value.Select(static index => OptionGuard.Between(index, 0, LastClass, nameof(ThingClasses)))];
        }
    } = [6, 7, 11, 12, 13, 14, 15, 16, 17, 18];

    /// <inheritdoc/>
    public override string Name => "self-training";

    /// <inheritdoc/>
    public override bool IsOn => Weight > 0;

    /// <inheritdoc/>
    public override bool NeedsPretrainedBackbone => FeatureDistanceWeight > 0;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A class of <see cref="ThingClasses"/> is not below the number of classes.</exception>
    public override Adapter Create(AdaptationContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (FeatureDistanceWeight > 0 && ThingClasses.Any(index => index >= context.ClassCount))
        {
            throw new ArgumentException(
                $"{nameof(ThingClasses)} has the class {ThingClasses.Max()}; with {context.ClassCount} classes, they must be 0 to "
                + $"{context.ClassCount - 1}.");
        }

        return new SelfTrainingAdapter(this, context);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"self-training ({(Selection == PseudoLabelSelection.ClassBalanced ? "class-balanced" : $"threshold {Threshold}")}, "
        + $"alpha {Alpha}{(StartIteration > 0 ? $", from step {StartIteration} on" : string.Empty)})");
}

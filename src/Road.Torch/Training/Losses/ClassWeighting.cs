using System.Globalization;
using Road.Torch.Data;

namespace Road.Torch.Training;

/// <summary>
/// Describes how much more the pixels of one class count than those of another: <see cref="FrequencyWeights"/>,
/// <see cref="EffectiveNumberWeights"/>, or a class of one's own, which says how classes weigh against each other and leaves the scale to
/// <see cref="Compute"/>. Public properties that can be set are written as JSON into checkpoints.
/// </summary>
public abstract class ClassWeighting
{
    /// <summary>The largest weight that a class gets after scaling: 1 to 1,000,000, 20 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double Largest
    {
        get;
        set => field = OptionGuard.Between(value, 1, 1_000_000);
    } = 20;

    /// <summary>What the pixels of a class that occurs weigh, in any unit.</summary>
    /// <param name="counts">What the labels hold.</param>
    /// <param name="index">The class, one with pixels.</param>
    /// <returns>The weight before scaling, finite and 0 or more; not 0 for all.</returns>
    public abstract double Weigh(ClassCounts counts, int index);

    /// <summary>
    /// The weights of all classes: those of <see cref="Weigh"/>, scaled so that their mean over all labelled pixels is 1, so that the
    /// learning rate means what it meant; then at most <see cref="Largest"/>, which only lowers that mean. A class without a pixel weighs
    /// 1.
    /// </summary>
    /// <param name="counts">What the labels hold.</param>
    /// <returns>A weight for each class, 0 or more.</returns>
    /// <exception cref="InvalidOperationException"><see cref="Weigh"/> gave numbers that cannot be scaled.</exception>
    public IReadOnlyList<double> Compute(ClassCounts counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        double[] weights = new double[counts.Pixels.Count];
        double mean = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            if (counts.Pixels[i] > 0)
            {
                weights[i] = Weigh(counts, i);
                mean += counts.Share(i) * weights[i];
                if (!double.IsFinite(weights[i]) || weights[i] < 0)
                {
                    throw new InvalidOperationException(string.Create(
                        CultureInfo.InvariantCulture,
                        $"{GetType().Name} weighs class {i} with {weights[i]}; it must be finite and 0 or more."));
                }
            }
        }

        if (counts.LabelledPixels > 0 && (mean <= 0 || !double.IsFinite(mean)))
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"{GetType().Name} gives classes a mean weight of {mean}, which cannot be scaled to 1; it must be finite and "
                + $"more than 0."));
        }

        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = counts.Pixels[i] > 0 ? Math.Min(weights[i] / mean, Largest) : 1;
        }

        return weights;
    }

    /// <summary>The class's name, and where a class adds them the settings that a log should show.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => GetType().Name;
}

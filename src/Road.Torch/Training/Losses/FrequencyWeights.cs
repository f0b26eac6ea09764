using Road.Torch.Data;

namespace Road.Torch.Training;

/// <summary>
/// Weighs classes by a negative power of their share f of the labelled pixels, <c>(f + 1e-4)^-Power</c>; with a power of 1 all classes
/// have about the same part in the loss, as far as <see cref="ClassWeighting.Largest"/> lets them.
/// </summary>
public sealed class FrequencyWeights : ClassWeighting
{
    // A class of a few pixels in a million is there by chance, and is not to rule the loss.
    private const double Offset = 1e-4;

    /// <summary>The exponent: 0 (all weigh alike) to 2, 0.5 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double Power
    {
        get;
        set => field = OptionGuard.Between(value, 0, 2);
    } = 0.5;

    /// <inheritdoc/>
    public override double Weigh(ClassCounts counts, int index)
    {
        ArgumentNullException.ThrowIfNull(counts);
        return Math.Pow(counts.Share(index) + Offset, -Power);
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"frequency^-{Power}");
}

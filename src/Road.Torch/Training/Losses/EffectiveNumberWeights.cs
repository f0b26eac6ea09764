using Road.Torch.Data;

namespace Road.Torch.Training;

/// <summary>
/// Weighs classes by the inverse of their effective number of samples, <c>(1 - Beta) / (1 - Beta^n)</c> (Cui et al., CVPR 2019, Eq. 2): the
/// more samples of a class there are, the less another one tells.
/// </summary>
/// <remarks>
/// That work counts images of one object each. Pixels are far too many and too alike for that, since <c>Beta^n</c> is 0 for every class
/// then, and images that hold a class are too few to differ: most hold every common one. So n is the class's area in patches of
/// <see cref="PixelsPerSample"/> pixels, whose pixels tell nearly the same; it need not be whole, and is at least 1.
/// </remarks>
public sealed class EffectiveNumberWeights : ClassWeighting
{
    /// <summary>
    /// How much of a sample is new beside those before it: 0 (all classes weigh alike) to less than 1, 0.999 by default. The effective
    /// number is at most <c>1 / (1 - Beta)</c>, so the larger the data, the nearer to 1 it should be; there it becomes the inverse
    /// frequency.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double Beta
    {
        get;
        set => field = OptionGuard.Below(value, 0, 1);
    } = 0.999;

    /// <summary>The pixels that count as one sample: 1 to 1,000,000,000, 1000 by default, about 32 x 32.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int PixelsPerSample
    {
        get;
        set => field = OptionGuard.Between(value, 1, 1_000_000_000);
    } = 1000;

    /// <inheritdoc/>
    public override double Weigh(ClassCounts counts, int index)
    {
        ArgumentNullException.ThrowIfNull(counts);
        double samples = Math.Max(1, (double)counts.Pixels[index] / PixelsPerSample);
        return (1 - Beta) / (1 - Math.Pow(Beta, samples));
    }

    /// <inheritdoc/>
    public override string ToString() =>
        FormattableString.Invariant($"effective number of samples (beta {Beta}, {PixelsPerSample} pixels a sample)");
}

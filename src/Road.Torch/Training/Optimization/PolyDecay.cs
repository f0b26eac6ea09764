namespace Road.Torch.Training;

/// <summary>The polynomial decay <c>(1 - iteration / iterations)^power</c> (Chen et al., DeepLab, 2016).</summary>
public sealed class PolyDecay : LearningRateDecay
{
    /// <summary>The exponent: 0 (constant) to 10, 0.9 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double Power
    {
        get;
        set => field = OptionGuard.Between(value, 0, 10);
    } = 0.9;

    /// <inheritdoc/>
    public override double Factor(int iteration, int iterations) => Math.Pow(1 - ((double)iteration / iterations), Power);
}

namespace Road.Torch.Training;

/// <summary>
/// Half a wave of the cosine from 1 down to <see cref="FinalFactor"/> (Loshchilov and Hutter, ICLR 2017, without restarts).
/// </summary>
public sealed class CosineDecay : LearningRateDecay
{
    /// <summary>The factor at the end: 0 to 1, 0 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double FinalFactor
    {
        get;
        set => field = OptionGuard.Between(value, 0, 1);
    }

    /// <inheritdoc/>
    public override double Factor(int iteration, int iterations) =>
        FinalFactor + ((1 - FinalFactor) * 0.5 * (1 + Math.Cos(Math.PI * iteration / iterations)));
}

namespace Road.Torch.Training;

/// <summary>
/// Describes stochastic gradient descent with momentum, <see cref="SgdOptimizer"/>; the weight decay is the paper's 5e-4 by default.
/// </summary>
public sealed class SgdOptions : OptimizationOptions
{
    /// <summary>Creates options with the paper's values.</summary>
    public SgdOptions()
        : base(5e-4)
    {
    }

    /// <summary>The momentum: 0 to less than 1, 0.9 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double Momentum
    {
        get;
        set => field = OptionGuard.Below(value, 0, 1);
    } = 0.9;

    /// <inheritdoc/>
    internal override Optimizer Create(double maxGradientNorm) => new SgdOptimizer(this, maxGradientNorm);
}

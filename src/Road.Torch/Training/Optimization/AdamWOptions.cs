namespace Road.Torch.Training;

/// <summary>
/// Describes Adam with decoupled weight decay, <see cref="AdamWOptimizer"/>; the weight decay is 0.01 by default, and all defaults are
/// PyTorch's. It wants other rates than <see cref="SgdOptions"/>, some 6e-5 for a pretrained backbone.
/// </summary>
public sealed class AdamWOptions : OptimizationOptions
{
    /// <summary>Creates options with PyTorch's values.</summary>
    public AdamWOptions()
        : base(0.01)
    {
    }

    /// <summary>The decay of the running mean of gradients: 0 to less than 1, 0.9 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double Beta1
    {
        get;
        set => field = OptionGuard.Below(value, 0, 1);
    } = 0.9;

    /// <summary>The decay of the running mean of squared gradients: 0 to less than 1, 0.999 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double Beta2
    {
        get;
        set => field = OptionGuard.Below(value, 0, 1);
    } = 0.999;

    /// <summary>What is added to the divisor: more than 0, at most 1; 1e-8 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double Epsilon
    {
        get;
        set => field = OptionGuard.PositiveUpTo(value, 1);
    } = 1e-8;

    /// <inheritdoc/>
    internal override Optimizer Create(double maxGradientNorm) => new AdamWOptimizer(this, maxGradientNorm);
}

using static TorchSharp.torch;

namespace Road.Torch.Training;

/// <summary>
/// Stochastic gradient descent with momentum and weight decay, as PyTorch defines it: <c>g = grad + decay x w</c>,
/// <c>v = momentum x v + g</c> (<c>v = g</c> at first), <c>w = w - rate x v</c>.
/// </summary>
public sealed class SgdOptimizer : Optimizer
{
    private readonly double _momentum;

    /// <summary>Creates an optimiser without parameters.</summary>
    /// <param name="options">Momentum and weight decay, read now.</param>
    /// <param name="maxGradientNorm">The largest Euclidean norm of a group's gradient, 0 (no limit) to 1,000,000.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public SgdOptimizer(SgdOptions options, double maxGradientNorm = 0)
        : base(options, maxGradientNorm, "velocity") => _momentum = options.Momentum;

    private protected override void Move(Entry entry, Tensor gradient, double rate, double weightDecay)
    {
        gradient.PlusInPlace(entry.Weights, weightDecay);
        if (entry.Slots[0] is { } velocity)
        {
            velocity.TimesInPlace(_momentum).PlusInPlace(gradient);
        }
        else
        {
            velocity = gradient.clone().DetachFromDisposeScope();
            entry.Slots[0] = velocity;
        }

        entry.Weights.PlusInPlace(velocity, -rate);
    }
}

using static TorchSharp.torch;

namespace Road.Torch.Training;

/// <summary>
/// Adam with decoupled weight decay (Loshchilov and Hutter, ICLR 2019), as PyTorch defines it: <c>w = w - rate x decay x w</c>, then
/// <c>m = b1 m + (1 - b1) g</c>, <c>v = b2 v + (1 - b2) g^2</c> and
/// <c>w = w - rate / (1 - b1^t) x m / (sqrt(v / (1 - b2^t)) + epsilon)</c>, where t counts the parameter's own steps from 1.
/// </summary>
public sealed class AdamWOptimizer : Optimizer
{
    private readonly double _beta1;
    private readonly double _beta2;
    private readonly double _epsilon;

    /// <summary>Creates an optimiser without parameters.</summary>
    /// <param name="options">Its settings, read now.</param>
    /// <param name="maxGradientNorm">The largest Euclidean norm of a group's gradient, 0 (no limit) to 1,000,000.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public AdamWOptimizer(AdamWOptions options, double maxGradientNorm = 0)
        : base(options, maxGradientNorm, "mean", "square") => (_beta1, _beta2, _epsilon) = (options.Beta1, options.Beta2, options.Epsilon);

    private protected override bool CountsSteps => true;

    private protected override void Move(Entry entry, Tensor gradient, double rate, double weightDecay)
    {
        Tensor mean = entry.Slots[0] ??= zeros_like(entry.Weights).DetachFromDisposeScope();
        Tensor square = entry.Slots[1] ??= zeros_like(entry.Weights).DetachFromDisposeScope();
        if (weightDecay > 0)
        {
            entry.Weights.TimesInPlace(1 - (rate * weightDecay));
        }

        mean.TimesInPlace(_beta1).PlusInPlace(gradient, 1 - _beta1);
        square.TimesInPlace(_beta2).PlusInPlace(gradient.mul(gradient), 1 - _beta2);
        Tensor root = square.sqrt().TimesInPlace(1 / Math.Sqrt(1 - Math.Pow(_beta2, entry.Steps)));
        using Tensor epsilon = tensor((float)_epsilon, device: root.device);
        entry.Weights.PlusInPlace(mean.div(root.PlusInPlace(epsilon)), -rate / (1 - Math.Pow(_beta1, entry.Steps)));
    }
}

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.Torch.Training;

/// <summary>
/// Stochastic gradient descent with momentum and weight decay, as PyTorch defines it: <c>g = grad + decay x w</c>,
/// <c>v = momentum x v + g</c> (<c>v = g</c> at first), <c>w = w - rate x v</c>; before that, a group's gradient that is
/// longer than allowed is scaled down to the allowed length.
/// </summary>
public sealed class SgdOptimizer : IDisposable
{
    private readonly double momentum;
    private readonly double weightDecay;
    private readonly double maxGradientNorm;
    private readonly List<(Entry[] Entries, double Multiplier)> groups = [];

    /// <summary>Creates an optimiser without parameters.</summary>
    /// <param name="momentum">0 to less than 1.</param>
    /// <param name="weightDecay">0 to 1.</param>
    /// <param name="maxGradientNorm">The largest Euclidean norm of a group's gradient, 0 (no limit) to 1,000,000.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public SgdOptimizer(double momentum, double weightDecay, double maxGradientNorm = 0)
    {
        this.momentum = OptionGuard.Below(momentum, 0, 1, nameof(momentum));
        this.weightDecay = OptionGuard.Between(weightDecay, 0, 1, nameof(weightDecay));
        this.maxGradientNorm = OptionGuard.Between(maxGradientNorm, 0, 1_000_000, nameof(maxGradientNorm));
    }

    /// <summary>Adds a group of parameters; those that take no gradient are left out.</summary>
    /// <param name="parameters">The parameters; their owner keeps them.</param>
    /// <param name="rateMultiplier">What the learning rate is multiplied by for them, positive.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rateMultiplier"/> is not positive.</exception>
    public void Add(IEnumerable<Parameter> parameters, double rateMultiplier = 1)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rateMultiplier);
        groups.Add(([.. parameters.Where(static parameter => parameter.requires_grad).Select(static parameter => new Entry(parameter))], rateMultiplier));
    }

    /// <summary>Clears the gradients.</summary>
    public void ClearGradients()
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (Entry entry in groups.SelectMany(static group => group.Entries))
        {
            entry.Parameter.grad = null;
        }
    }

    /// <summary>Moves every parameter that has a gradient.</summary>
    /// <param name="learningRate">The rate before multipliers, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="learningRate"/> is negative.</exception>
    public void Step(double learningRate)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(learningRate);
        using IDisposable noGradient = no_grad();
        foreach ((Entry[] entries, double multiplier) in groups)
        {
            if (maxGradientNorm > 0)
            {
                Clip(entries);
            }

            foreach (Entry entry in entries)
            {
                Move(entry, learningRate * multiplier);
            }
        }
    }

    /// <summary>Frees the velocities.</summary>
    public void Dispose()
    {
        foreach (Entry entry in groups.SelectMany(static group => group.Entries))
        {
            entry.Velocity?.Dispose();
            entry.Velocity = null;
        }
    }

    /// <summary>Scales a group's gradient down to the allowed norm; the factor stays on the device, so nothing waits for it.</summary>
    private void Clip(Entry[] entries)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] gradients = [.. entries.Select(static entry => entry.Parameter.grad).OfType<Tensor>()];
        if (gradients.Length == 0)
        {
            return;
        }

        Tensor norm = stack(gradients.Select(static gradient => gradient.norm())).norm();
        Tensor factor = norm.reciprocal().Times(maxGradientNorm).AtMost(1);
        foreach (Tensor gradient in gradients)
        {
            gradient.mul_(factor);
        }
    }

    private void Move(Entry entry, double rate)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor? gradient = entry.Parameter.grad;
        if (gradient is null)
        {
            return;
        }

        // The gradient is this step's alone, so the decay is added in place.
        gradient.PlusInPlace(entry.Parameter, weightDecay);
        if (entry.Velocity is null)
        {
            entry.Velocity = gradient.clone().DetachFromDisposeScope();
        }
        else
        {
            entry.Velocity.TimesInPlace(momentum).PlusInPlace(gradient);
        }

        entry.Parameter.PlusInPlace(entry.Velocity, -rate);
    }

    private sealed class Entry(Parameter parameter)
    {
        public Parameter Parameter { get; } = parameter;

        public Tensor? Velocity { get; set; }
    }
}

using Road.Torch.Weights;
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
    public void Add(IEnumerable<Parameter> parameters, double rateMultiplier = 1) => Add(parameters, rateMultiplier, masters: null);

    /// <summary>
    /// Adds a group of parameters, some of which are the rounded copies of float32 weights: these are moved, and the copies
    /// made anew from them at each step.
    /// </summary>
    internal void Add(IEnumerable<Parameter> parameters, double rateMultiplier, MasterWeights? masters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rateMultiplier);
        Entry[] entries =
        [
            .. parameters.Where(static parameter => parameter.requires_grad)
                .Select(parameter => new Entry(parameter, masters?.Of(parameter) ?? parameter)),
        ];
        groups.Add((entries, rateMultiplier));
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
            using DisposeScope scope = NewDisposeScope();
            Tensor? factor = maxGradientNorm > 0 ? ClippingFactor(entries) : null;
            foreach (Entry entry in entries)
            {
                Move(entry, learningRate * multiplier, factor);
            }
        }
    }

    /// <summary>
    /// The velocities, and the float32 weights of rounded parameters, by the place of their parameter: the optimiser's own
    /// tensors, valid until the next step. A parameter that has not moved yet has a velocity without elements, a new tensor.
    /// </summary>
    internal IEnumerable<KeyValuePair<string, Tensor>> State()
    {
        foreach ((int place, Entry entry) in groups.SelectMany(static group => group.Entries).Index())
        {
            yield return new($"velocity.{place}", entry.Velocity ?? empty(0, entry.Weights.dtype, CPU));
            if (!ReferenceEquals(entry.Weights, entry.Parameter))
            {
                yield return new($"master.{place}", entry.Weights);
            }
        }
    }

    /// <summary>Takes the state of an optimiser of the same parameters from a file, whose names have a prefix.</summary>
    /// <param name="file">The file.</param>
    /// <param name="prefix">The prefix.</param>
    /// <param name="mayLackVelocities">Whether a velocity that is missing means a parameter that has not moved yet, as it once did.</param>
    /// <exception cref="InvalidDataException">A tensor is missing, not finite, or has another shape or type.</exception>
    internal void Restore(WeightsFile file, string prefix, bool mayLackVelocities)
    {
        using IDisposable noGradient = no_grad();
        foreach ((int place, Entry entry) in groups.SelectMany(static group => group.Entries).Index())
        {
            entry.Velocity?.Dispose();
            entry.Velocity = null;
            string name = $"{prefix}velocity.{place}";
            WeightsEntry? stored = file.Find(name);
            bool hasNotMoved = stored is null ? mayLackVelocities : stored.ElementCount == 0 && entry.Weights.numel() > 0;
            if (!hasNotMoved)
            {
                entry.Velocity = zeros_like(entry.Weights).DetachFromDisposeScope();
                EngineState.Copy(file, name, entry.Velocity);
            }

            if (!ReferenceEquals(entry.Weights, entry.Parameter))
            {
                EngineState.Copy(file, $"{prefix}master.{place}", entry.Weights);
                entry.Parameter.copy_(entry.Weights);
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

    /// <summary>What scales a group's gradient down to the allowed norm; it stays on the device, so nothing waits for it.</summary>
    private Tensor? ClippingFactor(Entry[] entries)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] norms = [.. entries.Select(Norm).OfType<Tensor>()];
        return norms.Length == 0 ? null : stack(norms).norm().reciprocal().Times(maxGradientNorm).AtMost(1).MoveToOuterDisposeScope();
    }

    private static Tensor? Norm(Entry entry)
    {
        using DisposeScope scope = NewDisposeScope();
        return entry.Parameter.grad?.to(ScalarType.Float32).norm().MoveToOuterDisposeScope();
    }

    private void Move(Entry entry, double rate, Tensor? factor)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor? gradient = entry.Parameter.grad?.to(entry.Weights.dtype);
        if (gradient is null)
        {
            return;
        }

        // The gradient is this step's alone, so it is scaled and the decay added in place.
        if (factor is not null)
        {
            gradient.mul_(factor);
        }

        gradient.PlusInPlace(entry.Weights, weightDecay);
        if (entry.Velocity is null)
        {
            entry.Velocity = gradient.clone().DetachFromDisposeScope();
        }
        else
        {
            entry.Velocity.TimesInPlace(momentum).PlusInPlace(gradient);
        }

        entry.Weights.PlusInPlace(entry.Velocity, -rate);
        if (!ReferenceEquals(entry.Weights, entry.Parameter))
        {
            entry.Parameter.copy_(entry.Weights);
        }
    }

    private sealed class Entry(Parameter parameter, Tensor weights)
    {
        public Parameter Parameter { get; } = parameter;

        /// <summary>What moves: the parameter itself, or the float32 weights that it is the rounded copy of.</summary>
        public Tensor Weights { get; } = weights;

        public Tensor? Velocity { get; set; }
    }
}

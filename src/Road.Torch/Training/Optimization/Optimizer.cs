using Road.Torch.Weights;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.Torch.Training;

/// <summary>
/// Moves weights along their gradients, in groups with rates of their own. Before a step a group's gradient that is longer than allowed is
/// scaled down to the allowed length.
/// </summary>
public abstract class Optimizer : IDisposable
{
    private readonly double _weightDecay;
    private readonly bool _decaysNormsAndBiases;
    private readonly double _maxGradientNorm;
    private readonly string[] _slotNames;
    private readonly List<(Entry[] Entries, double Multiplier)> _groups = [];

    /// <param name="options">The weight decay, and what it applies to.</param>
    /// <param name="maxGradientNorm">The largest Euclidean norm of a group's gradient, 0 (no limit) to 1,000,000.</param>
    /// <param name="slotNames">The names of the tensors that are kept for each parameter.</param>
    private protected Optimizer(OptimizationOptions options, double maxGradientNorm, params string[] slotNames)
    {
        ArgumentNullException.ThrowIfNull(options);
        _weightDecay = options.WeightDecay;
        _decaysNormsAndBiases = options.DecaysNormsAndBiases;
        _maxGradientNorm = OptionGuard.Between(maxGradientNorm, 0, 1_000_000, nameof(maxGradientNorm));
        _slotNames = slotNames;
    }

    /// <summary>Adds a group of parameters; those that take no gradient are left out.</summary>
    /// <param name="parameters">The parameters; their owner keeps them.</param>
    /// <param name="rateMultiplier">What the learning rate is multiplied by for them, positive.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rateMultiplier"/> is not positive.</exception>
    public void Add(IEnumerable<Parameter> parameters, double rateMultiplier = 1) => Add(parameters, rateMultiplier, masters: null);

    /// <summary>Clears the gradients.</summary>
    public void ClearGradients()
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (Entry entry in Entries)
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
        foreach ((Entry[] entries, double multiplier) in _groups)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor? factor = _maxGradientNorm > 0 ? ClippingFactor(entries) : null;
            foreach (Entry entry in entries)
            {
                Move(entry, learningRate * multiplier, factor);
            }
        }
    }

    /// <summary>Frees what is kept for the parameters.</summary>
    public void Dispose()
    {
        foreach (Entry entry in Entries)
        {
            entry.Clear();
        }

        GC.SuppressFinalize(this);
    }

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
                .Select(parameter => new Entry(parameter, masters?.Of(parameter) ?? parameter, _slotNames.Length)),
        ];
        _groups.Add((entries, rateMultiplier));
    }

    /// <summary>The parameters that take a gradient, group by group, in the order in which they were added.</summary>
    internal IEnumerable<Parameter> Parameters => Entries.Select(static entry => entry.Parameter);

    /// <summary>
    /// What is kept for the parameters, and the float32 weights of rounded ones, by the place of their parameter: the optimiser's own
    /// tensors, valid until the next step. What is not there yet, since a parameter has not moved, is a new tensor without elements.
    /// </summary>
    internal IEnumerable<KeyValuePair<string, Tensor>> State()
    {
        foreach ((int place, Entry entry) in Entries.Index())
        {
            for (int i = 0; i < _slotNames.Length; i++)
            {
                yield return new($"{_slotNames[i]}.{place}", entry.Slots[i] ?? empty(0, entry.Weights.dtype, CPU));
            }

            if (CountsSteps)
            {
                yield return new($"steps.{place}", tensor([entry.Steps]));
            }

            if (!ReferenceEquals(entry.Weights, entry.Parameter))
            {
                yield return new($"master.{place}", entry.Weights);
            }
        }
    }

    /// <summary>Takes the state of an optimiser of the same parameters from a file, whose names have a prefix.</summary>
    /// <param name="file">The file.</param>
    /// <param name="prefix">The prefix.</param>
    /// <param name="mayLack">Whether a tensor that is missing means a parameter that has not moved yet, as it once did.</param>
    /// <exception cref="InvalidDataException">A tensor is missing, not finite, or has another shape or type.</exception>
    internal void Restore(WeightsFile file, string prefix, bool mayLack)
    {
        using IDisposable noGradient = no_grad();
        foreach ((int place, Entry entry) in Entries.Index())
        {
            entry.Clear();
            for (int i = 0; i < _slotNames.Length; i++)
            {
                string name = $"{prefix}{_slotNames[i]}.{place}";
                WeightsEntry? stored = file.Find(name);
                bool hasNotMoved = stored is null ? mayLack : stored.ElementCount == 0 && entry.Weights.numel() > 0;
                if (!hasNotMoved)
                {
                    entry.Slots[i] = zeros_like(entry.Weights).DetachFromDisposeScope();
                    file.CopyExactly(name, entry.Slots[i]!);
                }
            }

            if (CountsSteps)
            {
                using Tensor steps = tensor([0L]);
                file.CopyExactly($"{prefix}steps.{place}", steps);
                entry.Steps = steps.item<long>();
            }

            if (!ReferenceEquals(entry.Weights, entry.Parameter))
            {
                file.CopyExactly($"{prefix}master.{place}", entry.Weights);
                entry.Parameter.copy_(entry.Weights);
            }
        }
    }

    /// <summary>Whether a parameter's own steps are counted, and kept.</summary>
    private protected virtual bool CountsSteps => false;

    /// <summary>Moves a weight in place.</summary>
    /// <param name="entry">The weight, and what is kept for it.</param>
    /// <param name="gradient">Its gradient in its own type, which is this step's alone.</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="weightDecay">The decay of this weight.</param>
    private protected abstract void Move(Entry entry, Tensor gradient, double rate, double weightDecay);

    private IEnumerable<Entry> Entries => _groups.SelectMany(static group => group.Entries);

    /// <summary>What scales a group's gradient down to the allowed norm; it stays on the device, so nothing waits for it.</summary>
    private Tensor? ClippingFactor(Entry[] entries)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] norms = [.. entries.Select(Norm).OfType<Tensor>()];
        return norms.Length == 0 ? null : stack(norms).norm().reciprocal().Times(_maxGradientNorm).AtMost(1).MoveToOuterDisposeScope();
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

        // The gradient is this step's alone, so it may be changed in place.
        if (factor is not null)
        {
            gradient.mul_(factor);
        }

        entry.Steps++;

        // Scales and shifts of norms, and biases, are vectors.
        Move(entry, gradient, rate, _decaysNormsAndBiases || entry.Weights.dim() > 1 ? _weightDecay : 0);
        if (!ReferenceEquals(entry.Weights, entry.Parameter))
        {
            entry.Parameter.copy_(entry.Weights);
        }
    }

    /// <summary>A parameter, and what is kept for it.</summary>
    private protected sealed class Entry(Parameter parameter, Tensor weights, int slots)
    {
        public Parameter Parameter { get; } = parameter;

        /// <summary>What moves: the parameter itself, or the float32 weights that it is the rounded copy of.</summary>
        public Tensor Weights { get; } = weights;

        /// <summary>The tensors that are kept, outside every dispose scope; null until the first move.</summary>
        public Tensor?[] Slots { get; } = new Tensor?[slots];

        /// <summary>How often it has moved, this time included.</summary>
        public long Steps { get; set; }

        public void Clear()
        {
            Steps = 0;
            for (int i = 0; i < Slots.Length; i++)
            {
                Slots[i]?.Dispose();
                Slots[i] = null;
            }
        }
    }
}

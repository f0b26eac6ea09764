using Road.Torch.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.Torch.Training;

/// <summary>
/// The running mean of a network in training, <c>float32</c> whatever that computes in: of what is trained, and of the running statistics
/// of norms outside the backbone.
/// </summary>
internal sealed class WeightAverage : IDisposable
{
    private static readonly string[] Statistics = ["running_mean", "running_var"];

    private readonly List<(string Name, Tensor Current, Tensor Mean)> _own = [];
    private readonly List<(string Name, Tensor Mean)> _shared = [];
    private readonly double _decay;

    /// <param name="network">The network, as the training has converted it.</param>
    /// <param name="masters">The float32 weights behind its own; null where it computes in float32.</param>
    /// <param name="decay">How much of itself the mean keeps, 0 to 1.</param>
    /// <param name="sharedMean">
    /// A network of the same kind whose parameters are that mean already and are moved elsewhere; null for none.
    /// </param>
    public WeightAverage(SegmentationNetwork network, MasterWeights? masters, double decay, SegmentationNetwork? sharedMean)
    {
        _decay = decay;
        using IDisposable noGradient = no_grad();
        IEnumerable<Tensor?> means = sharedMean?.parameters() ?? Enumerable.Repeat<Tensor?>(null, network.parameters().Count());
        foreach (((string name, Parameter parameter), Tensor? mean) in network.named_parameters().Zip(means))
        {
            // What is not trained is the network's own: a mean of equal numbers is not the number, by rounding.
            if (parameter.requires_grad)
            {
                Add(name, masters?.Of(parameter) ?? parameter, mean);
            }
        }

        foreach ((string name, Tensor statistic) in RunningStatistics(network))
        {
            Add(name, statistic, null);
        }
    }

    /// <summary>The mean's tensors of its own, by the names that the network's state has for them.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> State =>
        _own.Select(static entry => new KeyValuePair<string, Tensor>(entry.Name, entry.Mean));

    /// <summary>How much of itself a running mean keeps after some steps.</summary>
    /// <param name="iteration">The steps, from 0.</param>
    /// <param name="decay">What it keeps in the end, 0 to 1.</param>
    public static double Momentum(long iteration, double decay) => Math.Min(1 - (1.0 / (iteration + 1)), decay);

    /// <summary>Moves a mean towards a weight, in place.</summary>
    public static void Move(Tensor mean, Tensor weight, double momentum) =>
        mean.TimesInPlace(momentum).PlusInPlace(weight, 1 - momentum);

    /// <summary>Moves the mean towards the network; before the first step it becomes its copy.</summary>
    /// <param name="iteration">The steps done.</param>
    public void Follow(long iteration)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        double momentum = Momentum(iteration, _decay);
        foreach ((_, Tensor current, Tensor mean) in _own)
        {
            if (iteration == 0)
            {
                mean.copy_(current);
            }
            else
            {
                Move(mean, current, momentum);
            }
        }
    }

    /// <summary>Copies the mean over the weights of a network of the same kind, <c>float32</c>; what it does not cover stays.</summary>
    public void CopyTo(SegmentationNetwork network)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Dictionary<string, Tensor> state = network.state_dict();
        foreach ((string name, Tensor mean) in _shared.Concat(_own.Select(static entry => (entry.Name, entry.Mean))))
        {
            state[name].copy_(mean);
        }
    }

    public void Dispose()
    {
        foreach ((_, _, Tensor mean) in _own)
        {
            mean.Dispose();
        }

        _own.Clear();
        _shared.Clear();
    }

    private void Add(string name, Tensor current, Tensor? mean)
    {
        if (mean is null)
        {
            _own.Add((name, current, current.clone().DetachFromDisposeScope()));
        }
        else
        {
            _shared.Add((name, mean));
        }
    }

    private static IEnumerable<(string Name, Tensor Statistic)> RunningStatistics(SegmentationNetwork network)
    {
        HashSet<IntPtr> ofBackbone = [.. network.Backbone.buffers().Select(static buffer => buffer.Handle)];
        return network.named_buffers().Where(
            buffer => Statistics.Contains(buffer.name[(buffer.name.LastIndexOf('.') + 1)..]) && !ofBackbone.Contains(buffer.buffer.Handle));
    }
}

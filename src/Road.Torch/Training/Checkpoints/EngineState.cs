using System.Collections.ObjectModel;
using Road.Torch.Adaptation;
using Road.Torch.Networks;
using Road.Torch.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Training;

/// <summary>
/// What the steps of a training change, as named tensors: weights of the network and of what the adaptation methods train and keep, their
/// running mean, the optimiser's velocities and float32 weights, and where every dropout and libtorch's own generator, which layers of a
/// user's network may draw from, stand. With them goes what was counted before the first step: the weights of the
/// classes.
/// </summary>
internal static class EngineState
{
    private const string OptimizerPrefix = "optimizer.";
    private const string GeneratorName = "generator";
    private const string ClassWeightsName = "class_weights";

    /// <summary>
    /// The tensors that exist already are given as they are; the generators' states, and what stands for a velocity that is not there
    /// yet, are new.
    /// </summary>
    public static IEnumerable<KeyValuePair<string, Tensor>> Read(
        SegmentationNetwork network,
        IReadOnlyList<RunningAdaptation> adaptations,
        Optimizer optimizer,
        WeightAverage? average,
        Device device,
        Tensor? classWeights) =>
    [
        .. Weights(network, adaptations, average),
        .. optimizer.State().Select(static pair => new KeyValuePair<string, Tensor>(OptimizerPrefix + pair.Key, pair.Value)),
        .. Dropouts(network).Select(pair => new KeyValuePair<string, Tensor>(pair.Name, pair.Dropout.ReadState(device))),
        new(GeneratorName, Generator.Default.get_state()),
        .. ClassWeights(classWeights),
    ];

    /// <summary>Copies stored tensors over those of the same names; a file with others is refused.</summary>
    public static void Restore(
        WeightsFile file,
        SegmentationNetwork network,
        IReadOnlyList<RunningAdaptation> adaptations,
        Optimizer optimizer,
        WeightAverage? average,
        Device device,
        Tensor? classWeights,
        bool mayLackVelocities,
        bool hasEarlierNames)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        IReadOnlyDictionary<string, string> earlier = hasEarlierNames
            ? EarlierNames(adaptations)
            : ReadOnlyDictionary<string, string>.Empty;
        HashSet<string> names = [.. Read(network, adaptations, optimizer, average, device, classWeights).Select(pair => Stored(pair.Key))];
        if (file.Entries.FirstOrDefault(entry => !names.Contains(entry.Name)) is { } foreign)
        {
            throw new InvalidDataException(
                $"The file '{file.Name}' holds the tensor {WeightsError.Quote(foreign.Name)}, which is not expected, so it is of another "
                + "training.");
        }

        foreach ((string name, Tensor tensor) in Weights(network, adaptations, average).Concat(ClassWeights(classWeights)))
        {
            file.CopyExactly(Stored(name), tensor);
        }

        optimizer.Restore(file, OptimizerPrefix, mayLackVelocities);
        foreach ((string name, GeneratedDropout dropout) in Dropouts(network))
        {
            Tensor state = dropout.ReadState(device);
            file.CopyExactly(name, state);
            dropout.RestoreState(state, device);
        }

        Tensor generator = Generator.Default.get_state();
        file.CopyExactly(GeneratorName, generator);
        Generator.Default.set_state(generator);

        string Stored(string name) => earlier.GetValueOrDefault(name, name);
    }

    private static IEnumerable<KeyValuePair<string, Tensor>> Weights(
        SegmentationNetwork network, IReadOnlyList<RunningAdaptation> adaptations, WeightAverage? average) =>
    [
        .. Named("network.", network.state_dict()),
        .. adaptations.SelectMany(static adaptation => Named(TrainedPrefix(adaptation), State(adaptation.Adapter.Trained))),
        .. adaptations.SelectMany(static adaptation => Named($"kept.{adaptation.Method.Name}.", State(adaptation.Adapter.Kept))),
        .. Named("average.", average?.State ?? []),
    ];

    private static IEnumerable<KeyValuePair<string, Tensor>> ClassWeights(Tensor? weights) =>
        weights is null ? [] : [new(ClassWeightsName, weights)];

    private static Dictionary<string, string> EarlierNames(IReadOnlyList<RunningAdaptation> adaptations) => adaptations
        .SelectMany(static adaptation => adaptation.Adapter.EarlierNames.Select(
            pair => (Name: TrainedPrefix(adaptation) + pair.Key, Earlier: pair.Value)))
        .ToDictionary(static pair => pair.Name, static pair => pair.Earlier);

    private static string TrainedPrefix(RunningAdaptation adaptation) => $"trained.{adaptation.Method.Name}.";

    private static Dictionary<string, Tensor> State(nn.Module? module) => module?.state_dict() ?? [];

    private static IEnumerable<KeyValuePair<string, Tensor>> Named(string prefix, IEnumerable<KeyValuePair<string, Tensor>> state) =>
        state.Select(pair => new KeyValuePair<string, Tensor>(prefix + pair.Key, pair.Value));

    private static IEnumerable<(string Name, GeneratedDropout Dropout)> Dropouts(SegmentationNetwork network) =>
        network.modules().OfType<GeneratedDropout>().Select(static (dropout, place) => ($"dropout.{place}", dropout));
}

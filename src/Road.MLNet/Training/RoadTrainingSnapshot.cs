using Road.Torch.Networks;
using Road.Torch.Training;

namespace Road.MLNet;

/// <summary>The snapshot that observers of a <see cref="RoadTrainer"/> receive: it makes models.</summary>
public sealed class RoadTrainingSnapshot : TrainingSnapshot
{
    private readonly Func<SegmentationNetwork> _createNetwork;
    private readonly Func<SegmentationNetwork, string?, RoadTransformer> _createModel;

    /// <param name="engine">The training.</param>
    /// <param name="iteration">The steps done.</param>
    /// <param name="iterations">The steps in all.</param>
    /// <param name="elapsed">Time of the training until now.</param>
    /// <param name="createNetwork">Makes a network on the CPU with the weights of now.</param>
    /// <param name="createModel">
    /// Makes a transformer of a network, with a column of probabilities of a name, or as the options say where it is null.
    /// </param>
    internal RoadTrainingSnapshot(
        RoadEngine engine, int iteration, int iterations, TimeSpan elapsed, Func<SegmentationNetwork> createNetwork,
        Func<SegmentationNetwork, string?, RoadTransformer> createModel)
        : base(engine.CopyWeightsTo, iteration, iterations, elapsed)
    {
        _createNetwork = createNetwork;
        _createModel = createModel;
    }

    /// <summary>
    /// Makes the transformer that the training would give if it ended here, with weights of its own: it scores, can be saved, and stays as
    /// it is while the training goes on.
    /// </summary>
    /// <returns>The model; the caller disposes it.</returns>
    public RoadTransformer CreateModel() => _createModel(_createNetwork(), null);

    /// <summary>The same with a column of probabilities, whatever the trainer's options say.</summary>
    internal RoadTransformer CreateModel(string scoreColumnName) => _createModel(_createNetwork(), scoreColumnName);

    /// <summary>Makes a network with the weights that the training would give if it ended here, on the CPU.</summary>
    /// <returns>The network; the caller disposes it.</returns>
    internal SegmentationNetwork CreateNetwork() => _createNetwork();
}

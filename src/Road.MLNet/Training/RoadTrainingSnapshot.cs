using Road.Torch.Training;

namespace Road.MLNet;

/// <summary>The snapshot that observers of a <see cref="RoadTrainer"/> receive: it makes models.</summary>
public sealed class RoadTrainingSnapshot : TrainingSnapshot
{
    private readonly Func<RoadTransformer> _createModel;

    internal RoadTrainingSnapshot(RoadEngine engine, int iteration, int iterations, TimeSpan elapsed, Func<RoadTransformer> createModel)
        : base(engine.CopyWeightsTo, iteration, iterations, elapsed) => _createModel = createModel;

    /// <summary>
    /// Makes the transformer that the training would give if it ended here, with weights of its own: it scores, can be saved, and stays as
    /// it is while the training goes on.
    /// </summary>
    /// <returns>The model; the caller disposes it.</returns>
    public RoadTransformer CreateModel() => _createModel();
}

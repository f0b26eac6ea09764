namespace Road.MLNet;

/// <summary>The state of a network in the middle of its training, as <see cref="RoadTrainerOptions.Evaluation"/> receives it.</summary>
/// <param name="Iteration">Steps done, 1 to <paramref name="Iterations"/>.</param>
/// <param name="Iterations">Steps in all.</param>
/// <param name="Model">
/// The transformer that the training would give if it ended here, with weights of its own: it scores, can be saved, and
/// stays as it is while the training goes on. Whoever receives it disposes it.
/// </param>
public sealed record RoadSnapshot(int Iteration, int Iterations, RoadTransformer Model)
{
    /// <summary>Time of the training until then, that before a checkpoint included, without evaluations.</summary>
    public TimeSpan Elapsed { get; init; }
}

using Road.Torch.Networks;

namespace Road.Torch.Training;

/// <summary>
/// The network in the middle of its training, with the weights that the training would give if it ended here: their running mean where
/// <see cref="TrainingOptions.WeightAveraging"/> asks for it.
/// </summary>
public class TrainingSnapshot
{
    private readonly Action<SegmentationNetwork> _copyWeights;

    internal TrainingSnapshot(Action<SegmentationNetwork> copyWeights, int iteration, int iterations, TimeSpan elapsed)
    {
        _copyWeights = copyWeights;
        Iteration = iteration;
        Iterations = iterations;
        Elapsed = elapsed;
    }

    /// <summary>The steps done.</summary>
    public int Iteration { get; }

    /// <summary>The steps in all.</summary>
    public int Iterations { get; }

    /// <summary>Time of the training until now, that before a checkpoint included, without evaluations.</summary>
    public TimeSpan Elapsed { get; }

    /// <summary>Why the training is to end here; null where it goes on.</summary>
    internal string? StopReason { get; private set; }

    /// <summary>
    /// Ends the training here, once all observers have seen the snapshot, as one that has come to its end: it gives the weights that it has
    /// now, its checkpoint says so, and a training that goes on from there stays at its end. Of several reasons the first counts; after the
    /// last step there is nothing to end.
    /// </summary>
    /// <param name="reason">Why, for the log and <see cref="TrainingEnd.StopReason"/>.</param>
    /// <exception cref="ArgumentException">The reason is empty.</exception>
    public void Stop(string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        StopReason ??= reason;
    }

    /// <summary>Copies the weights that the training would give if it ended here, in float32 whatever it computes in.</summary>
    /// <param name="copy">A network of the same factory and number of classes, its weights <c>float32</c>, on any device.</param>
    public void CopyWeightsTo(SegmentationNetwork copy)
    {
        ArgumentNullException.ThrowIfNull(copy);
        _copyWeights(copy);
    }
}

using Road.Torch.Networks;

namespace Road.Torch.Training;

/// <summary>The network in the middle of its training.</summary>
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

    /// <summary>Copies the weights that the training would give if it ended here, in float32 whatever it computes in.</summary>
    /// <param name="copy">A network of the same factory and number of classes, its weights <c>float32</c>, on any device.</param>
    public void CopyWeightsTo(SegmentationNetwork copy)
    {
        ArgumentNullException.ThrowIfNull(copy);
        _copyWeights(copy);
    }
}

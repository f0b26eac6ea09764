namespace Road.Torch.Training;

/// <summary>A training was cancelled between two steps.</summary>
public sealed class TrainingCanceledException : OperationCanceledException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="iteration">The steps done, 0 or more.</param>
    /// <param name="checkpointFile">The file that keeps the state after these steps; null where there is none.</param>
    /// <param name="innerException">What stopped the training.</param>
    public TrainingCanceledException(int iteration, string? checkpointFile, OperationCanceledException innerException)
        : base(
            $"The training was cancelled after iteration {iteration}"
            + (checkpointFile is null ? "." : $"; '{checkpointFile}' keeps its state."),
            innerException,
            innerException?.CancellationToken ?? CancellationToken.None)
    {
        Iteration = iteration;
        CheckpointFile = checkpointFile;
    }

    /// <summary>Creates the exception with a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">What stopped the training.</param>
    public TrainingCanceledException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    /// <param name="message">The message.</param>
    public TrainingCanceledException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a general message.</summary>
    public TrainingCanceledException()
        : this("The training was cancelled.")
    {
    }

    /// <summary>The steps done.</summary>
    public int Iteration { get; }

    /// <summary>The file that keeps the state after these steps; null where none was kept.</summary>
    public string? CheckpointFile { get; }
}

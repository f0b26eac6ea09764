namespace Road.Torch.Training;

/// <summary>How far a training has come.</summary>
/// <param name="Iteration">Steps done.</param>
/// <param name="Elapsed">Time that they took, without evaluations.</param>
/// <param name="HasLabelledPixels">Whether the source had shown a label that counts.</param>
/// <param name="BatchesDrawn">Batches taken from the streams: one a step, those of steps that were taken back included.</param>
/// <param name="Retries">How often the training has gone back because it diverged.</param>
/// <param name="RateFactor">What that has left of the schedule's learning rate: more than 0, at most 1.</param>
/// <param name="IsRetry">Whether the training went back to this point, rather than reached it.</param>
internal sealed record TrainingPosition(
    int Iteration, TimeSpan Elapsed, bool HasLabelledPixels, long BatchesDrawn, int Retries = 0, double RateFactor = 1,
    bool IsRetry = false)
{
    /// <summary>Why the training has ended before its last step; null where it has not.</summary>
    public string? StopReason { get; init; }

    /// <summary>What observers want kept, by name.</summary>
    public IReadOnlyDictionary<string, string> ObserverStates { get; init; } = new Dictionary<string, string>();

    /// <summary>Before the first step.</summary>
    public static TrainingPosition Start { get; } = new(0, TimeSpan.Zero, false, 0);
}

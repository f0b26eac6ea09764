namespace Road.Torch.Training;

/// <summary>How a training ended.</summary>
/// <param name="Iteration">The steps behind it.</param>
/// <param name="Elapsed">Its time, that before a checkpoint included, without evaluations.</param>
/// <param name="Error">
/// What ended it before its last step, such as a <see cref="TrainingCanceledException"/>; null where it came to its end.
/// </param>
public sealed record TrainingEnd(int Iteration, TimeSpan Elapsed, Exception? Error)
{
    /// <summary>
    /// Why an observer ended it before the last of its steps, in success (<see cref="TrainingSnapshot.Stop"/>); null where none did.
    /// </summary>
    public string? StopReason { get; init; }
}

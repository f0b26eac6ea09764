namespace Road.Torch.Training;

/// <summary>
/// A training has run into numbers that are not finite. The message says with what rates, and what can be changed; a checkpoint that was
/// saved is of before.
/// </summary>
public sealed class TrainingDivergedException : InvalidOperationException
{
    internal TrainingDivergedException(string message, int iteration)
        : base(message)
    {
        Iteration = iteration;
    }

    /// <summary>The step after which it was noticed.</summary>
    public int Iteration { get; }
}

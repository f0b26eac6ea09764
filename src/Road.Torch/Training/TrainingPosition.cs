namespace Road.Torch.Training;

/// <summary>How far a stored training has come.</summary>
/// <param name="Iteration">Steps done.</param>
/// <param name="Elapsed">Time that they took, without evaluations.</param>
/// <param name="HasLabelledPixels">Whether the source had shown a label that counts.</param>
internal sealed record TrainingPosition(int Iteration, TimeSpan Elapsed, bool HasLabelledPixels)
{
    /// <summary>Before the first step.</summary>
    public static TrainingPosition Start { get; } = new(0, TimeSpan.Zero, false);
}

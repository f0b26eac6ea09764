using System.Globalization;

namespace Road.Torch.Training;

/// <summary>How far a training has come.</summary>
/// <param name="Iteration">Steps done, 1 to <paramref name="Iterations"/>.</param>
/// <param name="Iterations">Steps in all.</param>
/// <param name="Losses">The losses, averaged over the steps since the last report.</param>
/// <param name="LearningRate">The backbone's learning rate in the last step.</param>
/// <param name="Elapsed">Time since the first step began, without that of evaluations.</param>
/// <param name="Remaining">Time to the end at the pace so far.</param>
public sealed record RoadProgress(
    int Iteration, int Iterations, StepLosses Losses, double LearningRate, TimeSpan Elapsed, TimeSpan Remaining)
{
    /// <summary>Crops of both domains that a second took since the last report, evaluations left out.</summary>
    public double ImagesPerSecond { get; init; }

    /// <summary>The process's resident memory in bytes.</summary>
    public long ResidentBytes { get; init; }

    /// <summary>Steps done, losses and the time left, in one line of invariant text.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"iteration {Iteration} of {Iterations}, {string.Join(", ", Losses.All.Select(Describe))}, {Remaining:c} left");

    private static string Describe(NamedLoss loss) => string.Create(CultureInfo.InvariantCulture, $"{loss.Name} {loss.Value:F4}");
}

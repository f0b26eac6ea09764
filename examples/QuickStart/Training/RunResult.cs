using Road.MLNet;

namespace QuickStart.Training;

/// <summary>What came of one training.</summary>
/// <param name="Name">How the report calls it.</param>
/// <param name="Metrics">The reloaded model's scores on the held-out camera scenes.</param>
/// <param name="Losses">The course of the training.</param>
/// <param name="Masks">The predicted masks of the first held-out scenes.</param>
/// <param name="TrainingTime">How long <c>Fit</c> took.</param>
/// <param name="ScoringTime">How long scoring and evaluating the held-out scenes took.</param>
/// <param name="ModelPath">The saved model.</param>
internal sealed record RunResult(
    string Name,
    SemanticSegmentationMetrics Metrics,
    IReadOnlyList<LossPoint> Losses,
    IReadOnlyList<ShownMask> Masks,
    TimeSpan TrainingTime,
    TimeSpan ScoringTime,
    string ModelPath);

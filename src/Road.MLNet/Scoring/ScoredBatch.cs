using System.Runtime.ExceptionServices;
using Microsoft.ML.Data;
using Road.Torch.Scoring;

namespace Road.MLNet.Scoring;

/// <summary>Rows that are scored together.</summary>
/// <param name="Rows">Their numbers, from 0, and ids, and what came in the place of a row's image; otherwise null.</param>
/// <param name="Images">The images of those that have one, until they are scored.</param>
/// <param name="Predictions">The predictions of those that have an image, once they are scored.</param>
/// <param name="Failure">What came in the place of a batch; otherwise null.</param>
internal sealed record ScoredBatch(
    IReadOnlyList<(long Row, DataViewRowId Id, ExceptionDispatchInfo? Failure)> Rows,
    IReadOnlyList<ScoredImage> Images,
    IReadOnlyList<SegmentationPrediction> Predictions,
    ExceptionDispatchInfo? Failure)
{
    /// <summary>What comes at the end.</summary>
    public static ScoredBatch Empty { get; } = new([], [], [], null);

    /// <summary>What comes in the place of a batch that cannot be had.</summary>
    public static ScoredBatch Failed(Exception failure) => Empty with { Failure = ExceptionDispatchInfo.Capture(failure) };
}

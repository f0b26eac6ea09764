using Road.MLNet;
using Road.Torch.Metrics;

namespace Experiments.Results;

/// <summary>How far the confidence of a run's predictions can be believed.</summary>
/// <param name="ExpectedError">The expected calibration error, 0 to 1.</param>
/// <param name="MaximumError">The largest distance between confidence and accuracy of a bin, 0 to 1.</param>
/// <param name="MeanConfidence">The mean confidence of labelled pixels, 0 to 1.</param>
/// <param name="Pixels">By bin of confidence, the bins of equal width from 0 to 1: the labelled pixels in it.</param>
/// <param name="Accuracy">By bin: the share of them that is right; null without pixels.</param>
/// <param name="Confidence">By bin: the mean of their confidence; null without pixels.</param>
internal sealed record CalibrationResult(
    double ExpectedError,
    double MaximumError,
    double MeanConfidence,
    IReadOnlyList<long> Pixels,
    IReadOnlyList<double?> Accuracy,
    IReadOnlyList<double?> Confidence)
{
    /// <summary>Takes what the evaluation measured; null where it measured no calibration.</summary>
    public static CalibrationResult? Of(SemanticSegmentationMetrics metrics) => metrics.ReliabilityBins is not { } bins ? null : new(
        metrics.ExpectedCalibrationError!.Value,
        metrics.MaximumCalibrationError!.Value,
        metrics.MeanConfidence!.Value,
        [.. bins.Select(static bin => bin.PixelCount)],
        [.. bins.Select(static bin => Of(bin, bin.Accuracy))],
        [.. bins.Select(static bin => Of(bin, bin.MeanConfidence))]);

    // JSON has no NaN, and more digits than these say nothing of pixels.
    private static double? Of(ReliabilityBin bin, double value) => bin.PixelCount == 0 ? null : Math.Round(value, 5);
}

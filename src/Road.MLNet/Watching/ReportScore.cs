namespace Road.MLNet.Watching;

/// <summary>What an evaluation measured.</summary>
/// <param name="Iteration">The steps done.</param>
/// <param name="MeanIoU">The mean IoU.</param>
/// <param name="Accuracy">The pixel accuracy.</param>
/// <param name="CalibrationError">The expected calibration error.</param>
/// <param name="Classes">The IoU of each class; null where it occurs nowhere.</param>
internal sealed record ReportScore(int Iteration, double MeanIoU, double Accuracy, double CalibrationError, double?[] Classes)
{
    public static ReportScore Of(int iteration, SemanticSegmentationMetrics metrics) => new(
        iteration,
        metrics.MeanIntersectionOverUnion,
        metrics.PixelAccuracy,
        metrics.ExpectedCalibrationError ?? 0,
        [.. metrics.PerClassIntersectionOverUnion.Select(static value => double.IsNaN(value) ? (double?)null : value)]);
}

namespace Road.MLNet.Watching;

/// <summary>What only the last evaluation is shown by.</summary>
/// <param name="ImageCount">How many images were measured.</param>
/// <param name="Confusion">Counts of pixels, by truth and prediction.</param>
/// <param name="Bins">The bins of the reliability diagram.</param>
internal sealed record ReportDetails(int ImageCount, long[][] Confusion, ReportBin[] Bins)
{
    public static ReportDetails Of(SemanticSegmentationMetrics metrics) => new(
        metrics.ImageCount,
        [.. metrics.ConfusionMatrix.Select(static row => row.ToArray())],
        [.. (metrics.ReliabilityBins ?? []).Select(static bin => ReportBin.Of(bin))]);
}

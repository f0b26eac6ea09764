using Road.Torch.Metrics;

namespace Road.MLNet;

/// <summary>What is measured beside the confusion matrix; null for what was not asked for.</summary>
/// <param name="Images">Each image on its own.</param>
/// <param name="Calibration">Confidence against accuracy.</param>
/// <param name="Boundaries">Outlines.</param>
internal sealed record MetricDetails(
    IReadOnlyList<ImageMetrics>? Images = null, ReliabilityDiagram? Calibration = null, BoundaryIntersectionOverUnion? Boundaries = null);

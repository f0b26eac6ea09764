namespace Experiments.Results;

/// <summary>The target score at one iteration.</summary>
/// <param name="Iteration">Steps done.</param>
/// <param name="MeanIoU">The mean intersection over union of the scored classes, 0 to 1.</param>
/// <param name="Seconds">Time of training until then, without that of measuring.</param>
internal sealed record CurvePoint(int Iteration, double MeanIoU, double Seconds);

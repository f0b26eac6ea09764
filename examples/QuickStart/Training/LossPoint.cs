namespace QuickStart.Training;

/// <summary>The losses, averaged over the steps since the point before; null where a loss is off.</summary>
internal sealed record LossPoint(int Iteration, double? Segmentation, double? Distillation, double? Spatial);

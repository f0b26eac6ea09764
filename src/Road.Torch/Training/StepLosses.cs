namespace Road.Torch.Training;

/// <summary>Losses averaged over the steps since they were last read.</summary>
/// <param name="Segmentation">L_seg, the cross-entropy of labelled source pixels, auxiliary loss included.</param>
/// <param name="Distillation">L_dist before its weight; NaN where it is off.</param>
/// <param name="Spatial">L_spt before its weight; NaN where it is off.</param>
public readonly record struct StepLosses(double Segmentation, double Distillation, double Spatial);

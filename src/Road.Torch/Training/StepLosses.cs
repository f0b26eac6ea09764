namespace Road.Torch.Training;

/// <summary>Losses averaged over the steps since they were last read.</summary>
/// <param name="Segmentation">L_seg, the cross-entropy of labelled source pixels, auxiliary loss included; null where no pixel was labelled.</param>
/// <param name="Distillation">L_dist before its weight; null where it is off.</param>
/// <param name="Spatial">L_spt before its weight; null where it is off.</param>
public readonly record struct StepLosses(double? Segmentation, double? Distillation, double? Spatial)
{
    /// <summary>Whether every loss that was computed is a finite number.</summary>
    public bool AreFinite =>
        double.IsFinite(Segmentation ?? 0) && double.IsFinite(Distillation ?? 0) && double.IsFinite(Spatial ?? 0);
}

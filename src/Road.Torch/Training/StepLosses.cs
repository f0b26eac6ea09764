namespace Road.Torch.Training;

/// <summary>Losses averaged over the steps since they were last read.</summary>
/// <param name="Segmentation">L_seg, the cross-entropy of labelled source pixels, auxiliary loss included; null where no pixel was labelled.</param>
/// <param name="Distillation">L_dist before its weight; null where it is off.</param>
/// <param name="Spatial">L_spt before its weight, the domain classifiers' own loss; null where it is off.</param>
public readonly record struct StepLosses(double? Segmentation, double? Distillation, double? Spatial)
{
    /// <summary>The losses of <see cref="RoadTrainingOptions.Rival"/> before their weights, in a fixed order; empty where there is none.</summary>
    public IReadOnlyList<NamedLoss> Rival
    {
        get => field ?? [];
        init;
    }

    /// <summary>Whether every loss that was computed is a finite number.</summary>
    public bool AreFinite =>
        double.IsFinite(Segmentation ?? 0) && double.IsFinite(Distillation ?? 0) && double.IsFinite(Spatial ?? 0)
        && Rival.All(static loss => double.IsFinite(loss.Value));
}

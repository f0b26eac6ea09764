using System.Globalization;

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

    /// <summary>Those that were computed, as messages show them.</summary>
    internal string Describe() => string.Join(", ", new[] { ("L_seg", Segmentation), ("L_dist", Distillation), ("L_spt", Spatial) }
        .Concat(Rival.Select(static loss => (loss.Name, (double?)loss.Value)))
        .Where(static loss => loss.Item2.HasValue)
        .Select(static loss => string.Create(CultureInfo.InvariantCulture, $"{loss.Item1} {loss.Item2}")));
}

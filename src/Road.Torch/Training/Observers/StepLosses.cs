using System.Globalization;

namespace Road.Torch.Training;

/// <summary>Losses averaged over the steps since they were last read.</summary>
/// <param name="Segmentation">
/// L_seg, the loss of labelled source pixels as <see cref="TrainingOptions.Losses"/> compose it, auxiliary loss included; null where no
/// pixel was labelled.
/// </param>
public readonly record struct StepLosses(double? Segmentation)
{
    /// <summary>The name of <see cref="Segmentation"/> among others.</summary>
    public const string SegmentationName = "L_seg";

    /// <summary>The name of <see cref="TargetSegmentation"/> among others.</summary>
    public const string TargetSegmentationName = "L_tgt";

    /// <summary>
    /// L_tgt, the same loss of labelled target pixels before its weight; null where there was no such pixel.
    /// </summary>
    public double? TargetSegmentation { get; init; }

    /// <summary>
    /// The losses of the adaptation methods before their weights, in the order of the methods, such as <c>L_dist</c> and <c>L_spt</c> of
    /// ROAD; empty where there are none.
    /// </summary>
    public IReadOnlyList<NamedLoss> Adaptation
    {
        get => field ?? [];
        init;
    }

    /// <summary>All losses that were computed, L_seg first, L_tgt second.</summary>
    public IEnumerable<NamedLoss> All
    {
        get
        {
            IEnumerable<NamedLoss> all = TargetSegmentation is { } target
                ? Adaptation.Prepend(new NamedLoss(TargetSegmentationName, target))
                : Adaptation;
            return Segmentation is { } value ? all.Prepend(new NamedLoss(SegmentationName, value)) : all;
        }
    }

    /// <summary>Whether every loss that was computed is a finite number.</summary>
    public bool AreFinite => All.All(static loss => double.IsFinite(loss.Value));

    /// <summary>A loss by its name, such as <c>L_dist</c>; null where it was not computed.</summary>
    /// <param name="name">The name.</param>
    public double? this[string name] => All.Where(loss => loss.Name == name).Select(static loss => (double?)loss.Value).FirstOrDefault();

    /// <summary>Those that were computed, as messages show them.</summary>
    internal string Describe() =>
        string.Join(", ", All.Select(static loss => string.Create(CultureInfo.InvariantCulture, $"{loss.Name} {loss.Value}")));
}

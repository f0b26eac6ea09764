using Road.MLNet;
using Road.Torch.Training;

namespace Experiments.Definition;

/// <summary>The variants of the method that an experiment can run, by name.</summary>
internal static class Variants
{
    /// <summary>Trained on the target's own labels: what adaptation could reach at best.</summary>
    public const string UpperBound = "upper-bound";

    /// <summary>Trained on the source and on few of the target's own labels, without adaptation: every n-th, by name.</summary>
    private static readonly OrderedDictionary<string, int> FewLabels = new() { ["few-labels-16"] = 16, ["few-labels-4"] = 4 };

    /// <summary>The known names.</summary>
    public static IReadOnlyCollection<string> Names => [.. AdaptationVariants.Names, .. FewLabels.Keys, UpperBound];

    /// <summary>Of the target's labels a variant sees every n-th; null where it sees none, or all.</summary>
    public static int? TargetLabels(string name) => FewLabels.TryGetValue(name, out int every) ? every : null;

    /// <summary>Chooses the parts of a variant; where it has a part, the part keeps the weight that the options give it.</summary>
    public static void Apply(string name, RoadTrainerOptions options)
    {
        (double distillation, double spatial) = (options.DistillationWeight, options.SpatialWeight);
        AdaptationVariants.Apply(name == UpperBound || FewLabels.ContainsKey(name) ? "none" : name, options);
        options.DistillationWeight = options.DistillationWeight > 0 ? distillation : 0;
        options.SpatialWeight = options.SpatialWeight > 0 ? spatial : 0;
    }
}

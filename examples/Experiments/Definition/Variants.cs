using Road.MLNet;
using Road.Torch.Adaptation;

namespace Experiments.Definition;

/// <summary>The variants of the method that an experiment can run, by name.</summary>
internal static class Variants
{
    /// <summary>Trained on the target's own labels: what adaptation could reach at best.</summary>
    public const string UpperBound = "upper-bound";

    private const int FrozenStages = 3;

    private static readonly Dictionary<string, Action<RoadTrainerOptions>> Parts = new(StringComparer.Ordinal)
    {
        ["none"] = static options => Choose(options, distillation: false, spatial: false),
        ["frozen"] = static options =>
        {
            Choose(options, distillation: false, spatial: false);
            options.FrozenStages = FrozenStages;
        },
        ["source-distillation"] = static options =>
        {
            Choose(options, distillation: true, spatial: false);
            options.DistillationDomain = DistillationDomain.Source;
        },
        ["distillation"] = static options => Choose(options, distillation: true, spatial: false),
        ["spatial"] = static options => Choose(options, distillation: false, spatial: true),
        ["road"] = static options => Choose(options, distillation: true, spatial: true),
        ["spatial-1x1"] = static options => Divide(options, 1, 1),
        ["spatial-2x1"] = static options => Divide(options, 2, 1),
        ["spatial-2x2"] = static options => Divide(options, 2, 2),
        ["spatial-3x3"] = static options => Divide(options, 3, 3),
    };

    /// <summary>The known names.</summary>
    public static IReadOnlyCollection<string> Names { get; } = [.. Parts.Keys, UpperBound];

    /// <summary>Chooses the parts of a variant; where it has a part, the part keeps the weight that the options give it.</summary>
    public static void Apply(string name, RoadTrainerOptions options)
    {
        (double distillation, double spatial) = (options.DistillationWeight, options.SpatialWeight);
        Parts[name == UpperBound ? "none" : name](options);
        options.DistillationWeight = options.DistillationWeight > 0 ? distillation : 0;
        options.SpatialWeight = options.SpatialWeight > 0 ? spatial : 0;
    }

    private static void Choose(RoadTrainerOptions options, bool distillation, bool spatial)
    {
        options.DistillationWeight = distillation ? options.DistillationWeight : 0;
        options.SpatialWeight = spatial ? options.SpatialWeight : 0;
    }

    private static void Divide(RoadTrainerOptions options, int rows, int columns)
    {
        Choose(options, distillation: false, spatial: true);
        (options.RegionRows, options.RegionColumns) = (rows, columns);
    }
}

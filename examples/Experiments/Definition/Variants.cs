using Road.MLNet;
using Road.Torch.Adaptation;

namespace Experiments.Definition;

/// <summary>The variants of the method that an experiment can run, by name.</summary>
internal static class Variants
{
    /// <summary>Trained on the target's own labels: what adaptation could reach at best.</summary>
    public const string UpperBound = "upper-bound";

    private const int FrozenStages = 2;

    private static readonly Dictionary<string, Action<RoadTrainerOptions>> Table = new(StringComparer.Ordinal)
    {
        ["none"] = static options => Weigh(options, distillation: false, spatial: false),
        ["frozen"] = static options =>
        {
            Weigh(options, distillation: false, spatial: false);
            options.FrozenStages = FrozenStages;
        },
        ["source-distillation"] = static options =>
        {
            Weigh(options, distillation: true, spatial: false);
            options.DistillationDomain = DistillationDomain.Source;
        },
        ["distillation"] = static options => Weigh(options, distillation: true, spatial: false),
        ["spatial"] = static options => Weigh(options, distillation: false, spatial: true),
        ["road"] = static options => Weigh(options, distillation: true, spatial: true),
        ["spatial-1x1"] = static options => Divide(options, 1, 1),
        ["spatial-2x1"] = static options => Divide(options, 2, 1),
        ["spatial-2x2"] = static options => Divide(options, 2, 2),
        ["spatial-3x3"] = static options => Divide(options, 3, 3),
        [UpperBound] = static options => Weigh(options, distillation: false, spatial: false),
    };

    /// <summary>The known names.</summary>
    public static IReadOnlyCollection<string> Names => Table.Keys;

    /// <summary>Turns options that have the weights of the losses into those of a variant.</summary>
    public static void Apply(string name, RoadTrainerOptions options) => Table[name](options);

    private static void Weigh(RoadTrainerOptions options, bool distillation, bool spatial)
    {
        options.DistillationWeight = distillation ? options.DistillationWeight : 0;
        options.SpatialWeight = spatial ? options.SpatialWeight : 0;
    }

    private static void Divide(RoadTrainerOptions options, int rows, int columns)
    {
        Weigh(options, distillation: false, spatial: true);
        (options.RegionRows, options.RegionColumns) = (rows, columns);
    }
}

namespace Experiments.Reports;

/// <summary>What reports call the variants.</summary>
internal static class VariantTitles
{
    private static readonly Dictionary<string, string> Titles = new(StringComparer.Ordinal)
    {
        ["none"] = "No adaptation",
        ["frozen"] = "Frozen first stages",
        ["source-distillation"] = "Source distillation",
        ["distillation"] = "Target distillation",
        ["spatial"] = "Spatial adaptation",
        ["road"] = "ROAD, both",
        ["label-inversion"] = "ROAD, inverted labels",
        ["fcns-in-the-wild"] = "FCNs in the Wild",
        ["curriculum"] = "Curriculum DA",
        ["spatial-1x1"] = "1 × 1 region",
        ["spatial-2x1"] = "2 × 1 regions",
        ["spatial-2x2"] = "2 × 2 regions",
        ["spatial-3x3"] = "3 × 3 regions",
        ["upper-bound"] = "Trained on target labels",
    };

    public static string Of(string name) => Titles.GetValueOrDefault(name, name);
}

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
        ["road"] = "ROAD (both parts)",
        ["label-inversion"] = "Adversary by inverted labels",
        ["fcns-in-the-wild"] = "FCNs in the Wild",
        ["curriculum"] = "Curriculum DA",
        ["self-training"] = "Self-training",
        ["self-training-class-balanced"] = "Self-training, class-balanced",
        ["masked"] = "Self-training and masks",
        ["road-self-training"] = "ROAD and self-training",
        ["spatial-1x1"] = "1 × 1 region",
        ["spatial-2x1"] = "2 × 1 regions",
        ["spatial-2x2"] = "2 × 2 regions",
        ["spatial-3x3"] = "3 × 3 regions",
        ["spatial-literal"] = "Literal reading of λ₂",
        ["frozen-backbone"] = "Frozen backbone",
        ["none-plain"] = "No adaptation, plain start",
        ["none-bfloat16"] = "No adaptation, bfloat16",
        ["road-bfloat16"] = "ROAD, bfloat16",
        ["few-labels-16"] = "1/16 of the target's labels",
        ["few-labels-4"] = "1/4 of the target's labels",
        ["upper-bound"] = "Trained on target labels",
    };

    /// <summary>A variant's title; its name where it is an experiment's own.</summary>
    public static string Of(string name) => Titles.GetValueOrDefault(name, name);

    /// <summary>A variant's place among others: known ones in the order above, then an experiment's own, the upper bound last.</summary>
    public static int Place(string name)
    {
        int place = Titles.Keys.ToList().IndexOf(name);
        return place < 0 ? Titles.Count - 1 : place == Titles.Count - 1 ? Titles.Count : place;
    }
}

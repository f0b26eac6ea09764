using System.Globalization;
using System.Text.Json;
using Road.MLNet;
using Road.Torch;
using Road.Torch.Adaptation;

namespace Experiments.Definition;

/// <summary>The options that experiment files can set; a new one is a line here.</summary>
internal static class TrainingOptionTable
{
    /// <summary>Options of a schedule.</summary>
    public static IReadOnlyList<TrainingOption> Schedule { get; } =
    [
        Whole("iterations", "iterations", o => o.Iterations, (o, v) => o.Iterations = v),
        Whole("cropSize", "side of the crops in pixels", o => o.CropSize, (o, v) => o.CropSize = v),
        Whole("batchSize", "crops of each domain in a step", o => o.BatchSize, (o, v) => o.BatchSize = v),
        Number("learningRate", "learning rate of the backbone", o => o.LearningRate, (o, v) => o.LearningRate = v),
        Number("headLearningRateMultiplier", "learning rate of the head over the backbone's", o => o.HeadLearningRateMultiplier, (
            o, v) => o.HeadLearningRateMultiplier = v),
        Number(
            "classifierLearningRateMultiplier", "learning rate of the domain classifiers over the backbone's",
            o => o.ClassifierLearningRateMultiplier ?? o.HeadLearningRateMultiplier, (o, v) => o.ClassifierLearningRateMultiplier = v),
        Number("momentum", "momentum", o => o.Momentum, (o, v) => o.Momentum = v),
        Number("weightDecay", "weight decay", o => o.WeightDecay, (o, v) => o.WeightDecay = v),
        Number("maxGradientNorm", "largest gradient norm", o => o.MaxGradientNorm, (o, v) => o.MaxGradientNorm = v),
        Whole("warmUpIterations", "iterations of the warm-up", o => o.WarmUpIterations, (o, v) => o.WarmUpIterations = v),
        Number("polyPower", "power of the poly schedule", o => o.PolyPower, (o, v) => o.PolyPower = v),
        Switch("normalizeFeatures", "normalised features", o => o.NormalizeFeatures, (o, v) => o.NormalizeFeatures = v),
        Choice<Precision>("precision", "numbers that the networks compute with", o => o.Precision, (o, v) => o.Precision = v),
        Whole("evaluationInterval", "iterations between evaluations", o => o.EvaluationInterval, (o, v) => o.EvaluationInterval = v),
    ];

    /// <summary>Options of an adaptation: what the parts weigh where a variant has them.</summary>
    public static IReadOnlyList<TrainingOption> Adaptation { get; } =
    [
        Number("distillationWeight", "λ₁, weight of distillation", o => o.DistillationWeight, (o, v) => o.DistillationWeight = v),
        Number("spatialWeight", "λ₂, weight of spatial adaptation", o => o.SpatialWeight, (o, v) => o.SpatialWeight = v),
        Number("globalAlignmentWeight", "weight of global alignment", o => o.GlobalAlignmentWeight, (o, v) => o.GlobalAlignmentWeight = v),
        Number("sizeConstraintWeight", "weight of the size constraint", o => o.SizeConstraintWeight, (o, v) => o.SizeConstraintWeight = v),
        Number("imageDistributionWeight", "weight of the images' label distributions", o => o.ImageDistributionWeight, (
            o, v) => o.ImageDistributionWeight = v),
        Number("landmarkWeight", "weight of the landmarks' labels", o => o.LandmarkWeight, (o, v) => o.LandmarkWeight = v),
        Whole("preparationCrops", "source crops that a rival learns from first", o => o.PreparationCrops, (o, v) => o.PreparationCrops = v),
        Choice<SpatialWeightReading>(
            "spatialWeightReading", "reading of λ₂", o => o.SpatialWeightReading, (o, v) => o.SpatialWeightReading = v),
    ];

    /// <summary>Options that a variant decides, and that an experiment may set on top of it.</summary>
    public static IReadOnlyList<TrainingOption> Parts { get; } =
    [
        Choice<DomainAdversary>("domainAdversary", "adversary", o => o.DomainAdversary, (o, v) => o.DomainAdversary = v),
        Choice<RivalMethod>("rival", "rival", o => o.Rival, (o, v) => o.Rival = v),
        Choice<DistillationDomain>(
            "distillationDomain", "domain of distillation", o => o.DistillationDomain, (o, v) => o.DistillationDomain = v),
        Whole("regionRows", "rows of regions", o => o.RegionRows, (o, v) => o.RegionRows = v),
        Whole("regionColumns", "columns of regions", o => o.RegionColumns, (o, v) => o.RegionColumns = v),
        Whole("frozenStages", "frozen stages", o => o.FrozenStages, (o, v) => o.FrozenStages = v),
    ];

    /// <summary>All options.</summary>
    public static IReadOnlyList<TrainingOption> All { get; } = [.. Schedule, .. Adaptation, .. Parts];

    /// <summary>Sets the options that a description has, and refuses other properties.</summary>
    public static void Apply(JsonPiece piece, IReadOnlyList<TrainingOption> table, RoadTrainerOptions options)
    {
        foreach (TrainingOption option in table)
        {
            if (piece.Find(option.Name) is { } value)
            {
                option.Apply(options, piece, option.Name, value);
            }
        }

        piece.RefuseOthers();
    }

    private static TrainingOption Whole(
        string name, string title, Func<RoadTrainerOptions, int> get, Action<RoadTrainerOptions, int> set) => new(
        name, title, "a whole number", options => get(options), (options, value) => set(
            options, value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) ? number : throw new FormatException()));

    private static TrainingOption Number(
        string name, string title, Func<RoadTrainerOptions, double> get, Action<RoadTrainerOptions, double> set) => new(
        name, title, "a number", options => get(options), (options, value) => set(
            options, value.ValueKind == JsonValueKind.Number ? value.GetDouble() : throw new FormatException()));

    private static TrainingOption Switch(
        string name, string title, Func<RoadTrainerOptions, bool> get, Action<RoadTrainerOptions, bool> set) => new(
        name, title, "true or false", options => get(options), (options, value) => set(
            options, value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw new FormatException()));

    private static TrainingOption Choice<T>(string name, string title, Func<RoadTrainerOptions, T> get, Action<RoadTrainerOptions, T> set)
        where T : struct, Enum
    {
        Dictionary<string, T> values = Enum.GetValues<T>().ToDictionary(
            static value => value.ToString().ToLower(CultureInfo.InvariantCulture));
        return new(name, title, $"one of {string.Join(", ", values.Keys)}", options => values.Single(
            pair => Equals(pair.Value, get(options))).Key, (options, value) => set(
            options, value.ValueKind == JsonValueKind.String && values.TryGetValue(value.GetString()!, out T choice)
                ? choice
                : throw new FormatException()));
    }
}

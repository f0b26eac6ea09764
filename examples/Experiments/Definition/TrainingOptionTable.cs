using Road.MLNet;
using Road.Torch.Adaptation;

namespace Experiments.Definition;

/// <summary>The options that experiment files can set; a new one is a line here.</summary>
internal static class TrainingOptionTable
{
    private static readonly TrainingOption HeadRate = new("headLearningRateMultiplier", "learning rate of the head over the backbone's");

    /// <summary>Options of a schedule.</summary>
    public static IReadOnlyList<TrainingOption> Schedule { get; } =
    [
        new("iterations", "iterations"),
        new("cropSize", "side of the crops in pixels"),
        new("batchSize", "crops of each domain in a step"),
        new("learningRate", "learning rate of the backbone"),
        HeadRate,
        new("classifierLearningRateMultiplier", "learning rate of the domain classifiers over the backbone's") { Otherwise = HeadRate },
        new("optimizer", "optimiser") { IsLater = true },
        new("momentum", "momentum"),
        new("weightDecay", "weight decay"),
        new("maxGradientNorm", "largest gradient norm"),
        new("warmUpIterations", "iterations of the warm-up"),
        new("polyPower", "power of the poly schedule"),
        new("normalizeFeatures", "normalised features"),
        new("precision", "numbers that the networks compute with"),
        new("evaluationInterval", "iterations between evaluations"),
        new("cropScale", "scale of the images") { IsLater = true },
        new("crops.targetScale", "scale of target images") { IsLater = true },
        new("loading.rareClasses", "rare class sampling") { IsLater = true },
        new("mirror", "mirrored crops") { IsLater = true },
        new("brightnessJitter", "jitter of brightness") { IsLater = true },
        new("contrastJitter", "jitter of contrast") { IsLater = true },
        new("saturationJitter", "jitter of saturation") { IsLater = true },
        new("crops.hueJitter", "jitter of hue, in turns") { IsLater = true },
        new("crops.grayShare", "share of grey crops") { IsLater = true },
        new("blurSigma", "largest sigma of the blur, in pixels") { IsLater = true },
        new("losses.classWeights", "weights of the classes") { IsLater = true },
        new("losses.hardPixelThreshold", "probability under which a pixel is hard") { IsLater = true },
        new("losses.hardPixelShare", "least share of hard pixels") { IsLater = true },
        new("losses.focalGamma", "γ of the focal loss") { IsLater = true },
        new("losses.diceWeight", "weight of the Dice loss") { IsLater = true },
        new("losses.labelSmoothing", "smoothing of labels") { IsLater = true },
        new("weightAveraging.decay", "decay of averaged weights") { IsLater = true },
    ];

    /// <summary>Options of an adaptation: what the parts weigh where a variant has them.</summary>
    public static IReadOnlyList<TrainingOption> Adaptation { get; } =
    [
        new("targetLabelWeight", "weight of the target's labels") { IsLater = true },
        new("targetLabelCrops", "labelled target crops in a step") { IsLater = true },
        new("distillationWeight", "λ₁, weight of distillation"),
        new("spatialWeight", "λ₂, weight of spatial adaptation"),
        new("globalAlignmentWeight", "weight of global alignment"),
        new("sizeConstraintWeight", "weight of the size constraint"),
        new("imageDistributionWeight", "weight of the images' label distributions"),
        new("landmarkWeight", "weight of the landmarks' labels"),
        new("preparationCrops", "source crops that a rival learns from first"),
        new("spatialWeightReading", "reading of λ₂"),
    ];

    /// <summary>Options that a variant decides, and that an experiment may set on top of it.</summary>
    public static IReadOnlyList<TrainingOption> Parts { get; } =
    [
        new("domainAdversary", "adversary"),
        new("rival", "rival"),
        new("distillationDomain", "domain of distillation"),
        new("regionRows", "rows of regions"),
        new("regionColumns", "columns of regions"),
        new("frozenStages", "frozen stages"),
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

        ApplyToMethods(piece, options);
        piece.RefuseOthers();
    }

    /// <summary>Sets what is named after one of the methods that adapt, such as <c>my-method.weight</c>.</summary>
    private static void ApplyToMethods(JsonPiece piece, RoadTrainerOptions options)
    {
        foreach (AdaptationMethod method in options.Adaptations)
        {
            string prefix = method.Name + ".";
            foreach (string name in piece.Names.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)))
            {
                if (TrainingOption.OfMethod(method, name[prefix.Length..]) is { } option && piece.Find(name) is { } value)
                {
                    option.Apply(method, piece, name, value);
                }
            }
        }
    }
}

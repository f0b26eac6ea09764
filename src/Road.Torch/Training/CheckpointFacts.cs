using System.Globalization;
using System.Reflection;
using Road.Torch.Adaptation;
using Road.Torch.Weights;

namespace Road.Torch.Training;

/// <summary>What has to be the same for a training to go on as it began, as text by name.</summary>
internal static class CheckpointFacts
{
    private const string AdaptationPrefix = "Adaptation ";

    // They change nothing of what the steps compute.
    private static readonly HashSet<string> Free = new(StringComparer.Ordinal)
    {
        nameof(TrainingOptions.LoaderWorkers),
        nameof(TrainingOptions.SampleCacheBytes),
        nameof(TrainingOptions.Progress),
        nameof(TrainingOptions.Observers),
        nameof(TrainingOptions.ProgressInterval),
        nameof(TrainingOptions.EvaluationInterval),
        nameof(TrainingOptions.CancellationToken),
        nameof(TrainingOptions.CheckpointDirectory),
        nameof(TrainingOptions.CheckpointInterval),
        nameof(TrainingOptions.Checkpoints),

        // Told of by their content.
        nameof(TrainingOptions.Crops),
        nameof(TrainingOptions.Loading),
        nameof(TrainingOptions.Losses),
        nameof(TrainingOptions.Rates),
        nameof(TrainingOptions.WeightAveraging),
        nameof(TrainingOptions.Adaptations),
        nameof(TrainingOptions.Optimizer),
        nameof(TrainingOptions.LearningRateDecay),

        // What they have done to the rate is in the checkpoint.
        nameof(TrainingOptions.DivergenceRetries),
        nameof(TrainingOptions.DivergenceRateFactor),
    };

    // Settings of groups that a shortcut tells of, under its own name.
    private static readonly HashSet<string> ToldByShortcut = new(StringComparer.Ordinal)
    {
        "Crops.Size",
        "Crops.Scale",
        "Crops.Mirror",
        "Crops.BrightnessJitter",
        "Crops.ContrastJitter",
        "Crops.SaturationJitter",
        "Crops.BlurSigma",
        "Loading.Workers",
        "Loading.CropsPerImage",
        "Loading.BadSamples",
        "Rates.Rate",
        "Rates.HeadMultiplier",
        "Rates.MethodMultiplier",
        "Rates.WarmUpIterations",
        "Rates.Decay",
    };

    /// <summary>Every option that has a part in the result, so that none that is added later is forgotten.</summary>
    public static IReadOnlyDictionary<string, string> Of(TrainingOptions options)
    {
        // Those of a class that a user derives are the caller's to state.
        Dictionary<string, string> facts = options.GetType()
            .GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(static property => property.DeclaringType!.Assembly == typeof(TrainingOptions).Assembly && !Free.Contains(property.Name))
            .ToDictionary(static property => property.Name, property => Describe(property.GetValue(options)), StringComparer.Ordinal);
        AddGroup(facts, nameof(options.Crops), options.Crops);
        AddGroup(facts, nameof(options.Loading), options.Loading);
        AddGroup(facts, nameof(options.Losses), options.Losses);
        AddGroup(facts, nameof(options.Rates), options.Rates);
        AddGroup(facts, nameof(options.WeightAveraging), options.WeightAveraging);
        // Objects whose settings no shortcut shows.
        if (options.Optimizer is not SgdOptions { DecaysNormsAndBiases: true })
        {
            facts[nameof(options.Optimizer)] = SettingsText.Describe(options.Optimizer.GetType().Name, options.Optimizer);
        }

        if (options.LearningRateDecay is not PolyDecay)
        {
            facts[nameof(options.LearningRateDecay)] = SettingsText.Describe(
                options.LearningRateDecay.GetType().ToString(), options.LearningRateDecay);
        }

        foreach (AdaptationMethod method in options.UnlistedAdaptations.Where(static method => method.IsOn))
        {
            facts[AdaptationPrefix + method.Name] = method.Describe();
        }

        foreach (AdaptationMethod method in options.Adaptations.On)
        {
            foreach ((string name, object value) in method.FurtherFacts)
            {
                facts[$"{AdaptationPrefix}{method.Name} {name}"] = Describe(value);
            }
        }

        return facts;
    }

    /// <summary>A value as text that tells it from every other.</summary>
    public static string Describe(object? value) => value is null ? "null" : Convert.ToString(value, CultureInfo.InvariantCulture)!;

    /// <summary>A normalisation as text.</summary>
    public static string Describe(InputNormalization normalization) => string.Create(
        CultureInfo.InvariantCulture,
        $"{normalization.Channels} 0 to {normalization.Range}, mean {Join(normalization.Mean)}, deviation "
        + $"{Join(normalization.StandardDeviation)}");

    private static void AddGroup(Dictionary<string, string> facts, string name, object group)
    {
        foreach (PropertyInfo property in group.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            string fact = $"{name}.{property.Name}";
            if (!ToldByShortcut.Contains(fact))
            {
                facts[fact] = DescribeSetting(property.GetValue(group));
            }
        }
    }

    /// <summary>A value of a group as text; one that has settings of its own is told of by them.</summary>
    private static string DescribeSetting(object? value) => value is null or string or ValueType
        ? Describe(value)
        : SettingsText.Describe(value.GetType().ToString(), value);

    private static string Join(IEnumerable<double> values) =>
        string.Join(' ', values.Select(static value => value.ToString(CultureInfo.InvariantCulture)));
}

using System.Globalization;
using System.Text.Json.Nodes;
using Road.MLNet;
using Road.Torch.Adaptation;

namespace Experiments.Definition;

/// <summary>One training of an experiment.</summary>
/// <param name="Name">The row that the run belongs to: all seeds of a variant, or of a value that is swept over, share it.</param>
/// <param name="Variant">The variant's name in the experiment.</param>
/// <param name="Method">The name in <see cref="Variants"/>.</param>
/// <param name="Sweep">What is swept over; null outside sweeps.</param>
/// <param name="Seed">The seed of every random choice.</param>
/// <param name="CreateOptions">Makes the trainer's options, without network and weights.</param>
/// <param name="TargetLabels">Of the target's labels the training sees every n-th; null where it sees none beside the source's.</param>
internal sealed record RunPlan(
    string Name, string Variant, string Method, SweepPoint? Sweep, int Seed, Func<RoadTrainerOptions> CreateOptions, int? TargetLabels)
{
    /// <summary>The run's name among all, and that of its files.</summary>
    public string Id => string.Create(CultureInfo.InvariantCulture, $"{Name}_seed-{Seed}");

    /// <summary>Everything that decides the run's numbers.</summary>
    public JsonObject Settings(Experiment experiment)
    {
        RoadTrainerOptions options = CreateOptions();
        RoadTrainerOptions defaults = new();
        JsonObject settings = new()
        {
            ["method"] = Method,
            ["seed"] = Seed,
            ["network"] = experiment.Network.Settings.DeepClone(),
            ["source"] = Method == Variants.UpperBound ? experiment.Data.Target.Settings : Sources(experiment.Data),
            ["target"] = experiment.Data.Target.Settings,
            ["test"] = experiment.Data.Test.Settings,
            ["scoredClasses"] = experiment.Data.ScoredClasses is null
                ? null
                : new JsonArray([.. experiment.Data.ScoredClasses.Select(static name => JsonValue.Create(name))]),
        };
        foreach (TrainingOption option in TrainingOptionTable.All)
        {
            JsonNode? value = option.Get(options);
            if (!option.IsLater || !JsonNode.DeepEquals(value, option.Get(defaults)))
            {
                settings[option.Name] = value;
            }
        }

        if (TargetLabels is { } every)
        {
            settings["targetLabels"] = string.Create(CultureInfo.InvariantCulture, $"1/{every}");
        }

        // Those of the paper are told of by the options.
        foreach (AdaptationMethod method in options.Adaptations.Where(
            static method => method is not (Distillation or SpatialAlignment or FcnsInTheWild or Curriculum)))
        {
            settings[method.Name] = method.Describe();
        }

        foreach (Distillation method in options.Adaptations.OfType<Distillation>().Where(static method => method.EndIteration is not null))
        {
            settings[$"{method.Name}.endIteration"] = method.EndIteration;
        }

        foreach (AdaptationMethod method in options.Adaptations.Where(static method => method.LearningRateMultiplier is not null))
        {
            settings[$"{method.Name}.learningRateMultiplier"] = method.LearningRateMultiplier;
        }

        return settings;
    }

    /// <summary>The settings of the source, or of each with its weight where there are several.</summary>
    private static JsonNode Sources(DataPiece data) => data.Sources is [var only] ? only.Settings : new JsonArray([.. data.Sources.Select(
        static source =>
        {
            JsonObject settings = source.Settings;
            settings["weight"] = source.Weight;
            return settings;
        })]);
}

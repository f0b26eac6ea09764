using System.Globalization;
using System.Reflection;
using Road.Torch.Weights;

namespace Road.Torch.Training;

/// <summary>What has to be the same for a training to go on as it began, as text by name.</summary>
internal static class CheckpointFacts
{
    // They change nothing of what the steps compute.
    private static readonly HashSet<string> Free = new(StringComparer.Ordinal)
    {
        nameof(RoadTrainingOptions.LoaderWorkers),
        nameof(RoadTrainingOptions.SampleCacheBytes),
        nameof(RoadTrainingOptions.Progress),
        nameof(RoadTrainingOptions.ProgressInterval),
        nameof(RoadTrainingOptions.EvaluationInterval),
        nameof(RoadTrainingOptions.CancellationToken),
        nameof(RoadTrainingOptions.CheckpointDirectory),
        nameof(RoadTrainingOptions.CheckpointInterval),

        // What they have done to the rate is in the checkpoint.
        nameof(RoadTrainingOptions.DivergenceRetries),
        nameof(RoadTrainingOptions.DivergenceRateFactor),
    };

    /// <summary>Every option that has a part in the result, so that none that is added later is forgotten.</summary>
    public static IReadOnlyDictionary<string, string> Of(RoadTrainingOptions options) => typeof(RoadTrainingOptions)
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(static property => !Free.Contains(property.Name))
        .ToDictionary(static property => property.Name, property => Describe(property.GetValue(options)), StringComparer.Ordinal);

    /// <summary>A value as text that tells it from every other.</summary>
    public static string Describe(object? value) => value is null ? "null" : Convert.ToString(value, CultureInfo.InvariantCulture)!;

    /// <summary>A normalisation as text.</summary>
    public static string Describe(InputNormalization normalization) => string.Create(
        CultureInfo.InvariantCulture,
        $"{normalization.Channels} 0 to {normalization.Range}, mean {Join(normalization.Mean)}, deviation {Join(normalization.StandardDeviation)}");

    /// <summary>What differs, each with its stored and its given value; empty where nothing does.</summary>
    public static IEnumerable<string> Differences(IReadOnlyDictionary<string, string> stored, IReadOnlyDictionary<string, string> given) =>
        stored.Keys.Union(given.Keys)
            .Select(name => (Name: name, Stored: stored.GetValueOrDefault(name, "not set"), Given: given.GetValueOrDefault(name, "not set")))
            .Where(static fact => fact.Stored != fact.Given)
            .OrderBy(static fact => fact.Name, StringComparer.Ordinal)
            .Select(static fact => $"{fact.Name} was {fact.Stored} and is now {fact.Given}");

    private static string Join(IEnumerable<double> values) =>
        string.Join(' ', values.Select(static value => value.ToString(CultureInfo.InvariantCulture)));
}

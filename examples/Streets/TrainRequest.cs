namespace Streets;

/// <summary>The data of a training, the file it writes, and its seed.</summary>
internal sealed record TrainRequest(IReadOnlyList<WeightedData> Sources, StreetsData Target, string Model, int Seed)
{
    /// <summary>The labels of some target images; null where there are none.</summary>
    public TargetLabels? TargetLabels { get; init; }

    /// <summary>Whether the target is a domain of its own; else the source stands in its place.</summary>
    public bool HasTarget { get; init; } = true;

    /// <summary>What the models on the way are judged by; null where nothing asks for it.</summary>
    public ModelChoice? Choice { get; init; }

    /// <summary>What is written of the training while it runs.</summary>
    public TrainingWatch Watch { get; init; } = new(null, null, null);

    /// <summary>The model that the training goes on from; null for none.</summary>
    public string? From { get; init; }

    /// <summary>What to compute on; null for the best that is there.</summary>
    public StreetsDevice? Device { get; init; }
}

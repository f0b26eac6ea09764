namespace Streets;

/// <summary>The data of a training, the file it writes, and its seed.</summary>
internal sealed record TrainRequest(IReadOnlyList<WeightedData> Sources, StreetsData Target, string Model, int Seed)
{
    /// <summary>The labels of some target images; null where there are none.</summary>
    public TargetLabels? TargetLabels { get; init; }

    /// <summary>What the models on the way are judged by; null where nothing asks for it.</summary>
    public ModelChoice? Choice { get; init; }

    /// <summary>What is written of the training while it runs.</summary>
    public TrainingWatch Watch { get; init; } = new(null, null, null);
}

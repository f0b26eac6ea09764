namespace Streets;

/// <summary>The data of a training, the file it writes, its seed, and what its models are judged by.</summary>
internal sealed record TrainRequest(StreetsData Source, StreetsData Target, string Model, int Seed, ModelChoice? Choice);

namespace Streets;

/// <summary>The files of a training, and its seed.</summary>
internal sealed record TrainRequest(
    string SourceImages, string SourceLabels, string SourceClasses, string TargetImages, string Model, int Seed);

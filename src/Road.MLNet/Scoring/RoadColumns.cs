namespace Road.MLNet.Scoring;

/// <summary>The columns that a trained model reads and adds.</summary>
/// <param name="Image">The column of images.</param>
/// <param name="PredictedLabel">The column of predicted label masks.</param>
/// <param name="PredictedMask">The column of masks in the palette's colours.</param>
/// <param name="Score">The column of probabilities; null for none.</param>
internal sealed record RoadColumns(string Image, string PredictedLabel, string PredictedMask, string? Score);

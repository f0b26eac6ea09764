namespace Streets;

/// <summary>What <c>evaluate</c> is asked for, beside the data.</summary>
/// <param name="ModelFile">The model.</param>
/// <param name="JsonFile">The report to write; null for none.</param>
/// <param name="HasDetails">Whether more is measured than the scores of the whole set.</param>
/// <param name="Reading">How images are read.</param>
/// <param name="Scoring">How they are scored.</param>
internal sealed record EvaluateRequest(string ModelFile, string? JsonFile, bool HasDetails, ImageReading Reading, ScoreChoice Scoring)
{
    /// <summary>The share of the images that is scored; null for all.</summary>
    public Shard? Shard { get; init; }
}

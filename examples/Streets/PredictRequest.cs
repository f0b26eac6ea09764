namespace Streets;

/// <summary>What <c>predict</c> is asked for, beside the images.</summary>
/// <param name="ModelFile">The model.</param>
/// <param name="Output">The folder of masks, or the video to write.</param>
/// <param name="Reading">How images are read.</param>
/// <param name="Scoring">How they are scored.</param>
internal sealed record PredictRequest(string ModelFile, string Output, ImageReading Reading, ScoreChoice Scoring)
{
    /// <summary>Whether mask files have Cityscapes' label ids; else each class's index.</summary>
    public bool AsLabelIds { get; init; }

    /// <summary>How much of the mask is seen over its image, 0 to 1; null for no overlays.</summary>
    public double? OverlayOpacity { get; init; }

    /// <summary>Whether images whose masks are there, and no older, are left alone.</summary>
    public bool SkipsExisting { get; init; }

    /// <summary>The share of the images that is scored; null for all.</summary>
    public Shard? Shard { get; init; }

    /// <summary>The file of contact sheets; null for none.</summary>
    public string? ContactSheet { get; init; }
}

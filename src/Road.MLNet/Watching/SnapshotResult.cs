namespace Road.MLNet.Watching;

/// <summary>What a look at a model has shown.</summary>
/// <param name="Metrics">Its metrics; null where there are no labels.</param>
/// <param name="ClassNames">The classes.</param>
/// <param name="ClassColors">Their colours.</param>
/// <param name="Pictures">What it sees.</param>
internal sealed record SnapshotResult(
    SemanticSegmentationMetrics? Metrics, IReadOnlyList<string> ClassNames, IReadOnlyList<RgbColor> ClassColors,
    IReadOnlyList<SnapshotPicture> Pictures)
{
    /// <summary>Frees the pictures.</summary>
    public void Free()
    {
        foreach (SnapshotPicture picture in Pictures)
        {
            picture.Photo.Dispose();
            picture.Overlay.Dispose();
        }
    }
}

namespace Road.Torch.Data;

/// <summary>
/// The crops of one training step: labelled source crops first, then target crops, and apart from them the labelled crops of the target
/// domain, where some of its images have labels.
/// </summary>
public sealed class TrainingBatch
{
    /// <summary>Joins crops of the same size into a batch.</summary>
    /// <param name="source">Labelled crops, at least one.</param>
    /// <param name="target">Crops of the target domain; none where training does not adapt.</param>
    /// <exception cref="ArgumentException">There is no source crop, a source crop has no labels, or sizes differ.</exception>
    public TrainingBatch(IReadOnlyList<Crop> source, IReadOnlyList<Crop> target)
        : this(source, target, [])
    {
    }

    /// <summary>Joins crops of the same size into a batch, some of the target domain with labels.</summary>
    /// <param name="source">Labelled crops, at least one.</param>
    /// <param name="target">Crops of the target domain; none where training does not adapt.</param>
    /// <param name="labelledTarget">Crops of those images of the target domain that have labels; none where there are none.</param>
    /// <exception cref="ArgumentException">
    /// There is no source crop, a crop that needs labels has none, or sizes differ.
    /// </exception>
    public TrainingBatch(IReadOnlyList<Crop> source, IReadOnlyList<Crop> target, IReadOnlyList<Crop> labelledTarget)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(labelledTarget);
        if (source.Count == 0)
        {
            throw new ArgumentException("A batch needs at least one source crop.", nameof(source));
        }

        int bytes = source[0].Pixels.Length;
        Size = (int)Math.Sqrt(bytes / 3);
        SourceCount = source.Count;
        TargetCount = target.Count;
        LabelledTargetCount = labelledTarget.Count;
        Pixels = new byte[(long)bytes * (source.Count + target.Count)];
        CopyPixels(source, Pixels, bytes, nameof(source));
        CopyPixels(target, Pixels.AsSpan(bytes * source.Count), bytes, nameof(target));
        LabelledTargetPixels = new byte[(long)bytes * labelledTarget.Count];
        CopyPixels(labelledTarget, LabelledTargetPixels, bytes, nameof(labelledTarget));
        Windows = [.. source.Select(static crop => crop.Window), .. target.Select(static crop => crop.Window)];
        Labels = JoinLabels(source, nameof(source), "Source");
        LabelledTargetLabels = JoinLabels(labelledTarget, nameof(labelledTarget), "Labelled target");
        HasLabelledPixels = HaveLabelledPixels(Labels);
        HasLabelledTargetPixels = HaveLabelledPixels(LabelledTargetLabels);
        TargetLabels = JoinKnownLabels(target);
    }

    /// <summary>The crops' side in pixels.</summary>
    public int Size { get; }

    /// <summary>The number of source crops.</summary>
    public int SourceCount { get; }

    /// <summary>The number of target crops.</summary>
    public int TargetCount { get; }

    /// <summary>The number of labelled crops of the target domain, which <see cref="TargetCount"/> does not count.</summary>
    public int LabelledTargetCount { get; }

    /// <summary>Interleaved RGB of source and target crops, <c>(SourceCount + TargetCount) x Size x Size x 3</c> bytes.</summary>
    public byte[] Pixels { get; }

    /// <summary>Class indices of the source crops, <c>SourceCount x Size x Size</c> bytes.</summary>
    public byte[] Labels { get; }

    /// <summary>
    /// Class indices of the target crops, <c>TargetCount x Size x Size</c> bytes, <see cref="DecodedSample.IgnoredLabel"/> where none is
    /// known; null where no crop has any.
    /// </summary>
    public byte[]? TargetLabels { get; }

    /// <summary>Interleaved RGB of the labelled target crops, <c>LabelledTargetCount x Size x Size x 3</c> bytes.</summary>
    public byte[] LabelledTargetPixels { get; }

    /// <summary>Class indices of the labelled target crops, <c>LabelledTargetCount x Size x Size</c> bytes.</summary>
    public byte[] LabelledTargetLabels { get; }

    /// <summary>The window of every source and target crop.</summary>
    public IReadOnlyList<CropWindow> Windows { get; }

    /// <summary>Whether any pixel of the source crops carries a label that counts.</summary>
    public bool HasLabelledPixels { get; }

    /// <summary>Whether any pixel of the labelled target crops carries a label that counts.</summary>
    public bool HasLabelledTargetPixels { get; }

    private static void CopyPixels(IReadOnlyList<Crop> crops, Span<byte> pixels, int bytes, string parameter)
    {
        for (int n = 0; n < crops.Count; n++)
        {
            if (crops[n].Pixels.Length != bytes)
            {
                int size = (int)Math.Sqrt(bytes / 3);
                throw new ArgumentException($"All crops of a batch must be {size} x {size}.", parameter);
            }

            crops[n].Pixels.CopyTo(pixels[(n * bytes)..]);
        }
    }

    private byte[] JoinLabels(IReadOnlyList<Crop> crops, string parameter, string kind)
    {
        byte[] joined = new byte[Size * Size * crops.Count];
        for (int n = 0; n < crops.Count; n++)
        {
            byte[] labels = crops[n].Labels ?? throw new ArgumentException($"{kind} crop {n} has no labels.", parameter);
            labels.CopyTo(joined, n * Size * Size);
        }

        return joined;
    }

    private byte[]? JoinKnownLabels(IReadOnlyList<Crop> crops)
    {
        if (crops.All(static crop => crop.Labels is null))
        {
            return null;
        }

        byte[] joined = new byte[Size * Size * crops.Count];
        joined.AsSpan().Fill(DecodedSample.IgnoredLabel);
        for (int n = 0; n < crops.Count; n++)
        {
            crops[n].Labels?.CopyTo(joined, n * Size * Size);
        }

        return joined;
    }

    private static bool HaveLabelledPixels(byte[] labels) => labels.AsSpan().ContainsAnyExcept(DecodedSample.IgnoredLabel);
}

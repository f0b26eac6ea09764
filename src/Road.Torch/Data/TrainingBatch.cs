namespace Road.Torch.Data;

/// <summary>The crops of one training step: labelled source crops first, then unlabelled target crops.</summary>
public sealed class TrainingBatch
{
    /// <summary>Joins crops of the same size into a batch.</summary>
    /// <param name="source">Labelled crops, at least one.</param>
    /// <param name="target">Crops of the target domain; none where training does not adapt.</param>
    /// <exception cref="ArgumentException">There is no source crop, a source crop has no labels, or sizes differ.</exception>
    public TrainingBatch(IReadOnlyList<Crop> source, IReadOnlyList<Crop> target)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        if (source.Count == 0)
        {
            throw new ArgumentException("A batch needs at least one source crop.", nameof(source));
        }

        int bytes = source[0].Pixels.Length;
        int size = (int)Math.Sqrt(bytes / 3);
        Size = size;
        SourceCount = source.Count;
        TargetCount = target.Count;
        Pixels = new byte[(long)bytes * (source.Count + target.Count)];
        Labels = new byte[size * size * source.Count];
        CropWindow[] windows = new CropWindow[source.Count + target.Count];
        for (int n = 0; n < windows.Length; n++)
        {
            Crop crop = n < source.Count ? source[n] : target[n - source.Count];
            if (crop.Pixels.Length != bytes)
            {
                throw new ArgumentException(
                    $"All crops of a batch must be {size} x {size}.", n < source.Count ? nameof(source) : nameof(target));
            }

            crop.Pixels.CopyTo(Pixels, (long)n * bytes);
            windows[n] = crop.Window;
            if (n < source.Count)
            {
                byte[] labels = crop.Labels ?? throw new ArgumentException($"Source crop {n} has no labels.", nameof(source));
                labels.CopyTo(Labels, n * size * size);
            }
        }

        Windows = windows;
        HasLabelledPixels = Labels.AsSpan().ContainsAnyExcept(DecodedSample.IgnoredLabel);
    }

    /// <summary>The crops' side in pixels.</summary>
    public int Size { get; }

    /// <summary>The number of source crops.</summary>
    public int SourceCount { get; }

    /// <summary>The number of target crops.</summary>
    public int TargetCount { get; }

    /// <summary>Interleaved RGB of all crops, <c>(SourceCount + TargetCount) x Size x Size x 3</c> bytes.</summary>
    public byte[] Pixels { get; }

    /// <summary>Class indices of the source crops, <c>SourceCount x Size x Size</c> bytes.</summary>
    public byte[] Labels { get; }

    /// <summary>The window of every crop.</summary>
    public IReadOnlyList<CropWindow> Windows { get; }

    /// <summary>Whether any pixel of the source crops carries a label that counts.</summary>
    public bool HasLabelledPixels { get; }
}

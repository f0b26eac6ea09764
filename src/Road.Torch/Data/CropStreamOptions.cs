namespace Road.Torch.Data;

/// <summary>How a <see cref="CropStream"/> works through its samples.</summary>
public sealed class CropStreamOptions
{
    /// <summary>Decoding workers: 1 to 64, 1 by default. The stream does not depend on it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int Workers
    {
        get;
        set => field = OptionGuard.Between(value, 1, 64);
    } = 1;

    /// <summary>
    /// Crops cut from an image each time it is decoded: 1 to 16, 1 by default. With more than one, crops are shuffled
    /// among those of neighbouring images, so that few of a batch come from the same one.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int CropsPerImage
    {
        get;
        set => field = OptionGuard.Between(value, 1, 16);
    } = 1;

    /// <summary>
    /// Draws crops so that rare classes are seen more often; null, the default, walks through the images, pass by pass. The domain must be
    /// labelled; in a training it is the source that is meant. Each draw is of one crop, so <see cref="CropsPerImage"/> stays at 1.
    /// </summary>
    public RareClassOptions? RareClasses { get; set; }

    /// <summary>What happens to samples that cannot be read; the default stops at the first.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public BadSamplePolicy BadSamples
    {
        get;
        set => field = OptionGuard.Defined(value);
    }

    /// <summary>What contradicts itself in these options; null where nothing does.</summary>
    internal string? Contradiction => RareClasses is not null && CropsPerImage > 1
        ? $"{nameof(RareClasses)} draws every crop by itself, but {nameof(CropsPerImage)} is {CropsPerImage}: set {nameof(CropsPerImage)} "
        + $"to 1, or {nameof(RareClasses)} to null."
        : null;

    /// <summary>The options as they are now.</summary>
    internal CropStreamOptions Copy()
    {
        var copy = (CropStreamOptions)MemberwiseClone();
        copy.RareClasses = RareClasses?.Copy();
        return copy;
    }

    /// <summary>The options as they are now, for a domain whose classes are not known.</summary>
    internal CropStreamOptions WithoutRareClasses()
    {
        CropStreamOptions copy = Copy();
        copy.RareClasses = null;
        return copy;
    }
}

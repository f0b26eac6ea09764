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

    /// <summary>What happens to samples that cannot be read; the default stops at the first.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public BadSamplePolicy BadSamples
    {
        get;
        set => field = OptionGuard.Defined(value);
    }
}

namespace Road.Torch.Data;

/// <summary>All that happens between a decoded sample and its crop: geometry, then colours, then grey, then blur.</summary>
public sealed class CropAugmentation
{
    private readonly RandomCrop _crop;
    private readonly ColorJitter? _colors;
    private readonly RandomBlur? _blur;
    private readonly RandomGray? _gray;

    /// <summary>Joins augmentations.</summary>
    /// <param name="crop">Scale, place and mirroring.</param>
    /// <param name="colors">Brightness, contrast and saturation; null to keep them.</param>
    /// <param name="blur">Blur; null for none.</param>
    /// <param name="gray">Loss of colours; null for none.</param>
    public CropAugmentation(RandomCrop crop, ColorJitter? colors = null, RandomBlur? blur = null, RandomGray? gray = null)
    {
        ArgumentNullException.ThrowIfNull(crop);
        _crop = crop;
        _colors = colors;
        _blur = blur;
        _gray = gray;
    }

    /// <summary>Cuts a crop and changes its colours; padding keeps its own.</summary>
    /// <param name="sample">The image and its labels; they stay as they are.</param>
    /// <param name="random">The source of randomness.</param>
    /// <param name="pass">The pass that the sample belongs to.</param>
    /// <returns>The crop, in arrays of its own.</returns>
    public Crop Apply(DecodedSample sample, Random random, long pass = 0)
    {
        Crop result = _crop.Apply(sample, random, pass);
        CropArea area = result.Window.Shown(_crop.Size);
        _colors?.Apply(result.Pixels, _crop.Size, area, random);
        _gray?.Apply(result.Pixels, _crop.Size, area, random);
        _blur?.Apply(result.Pixels, _crop.Size, area, random);
        return result;
    }
}

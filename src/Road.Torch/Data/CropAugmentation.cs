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
    /// <param name="colors">Brightness, contrast, saturation and hue; null to keep them.</param>
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
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentNullException.ThrowIfNull(random);
        return Cut(sample, _crop.Place(sample, random), random, pass);
    }

    /// <summary>Cuts a crop that shows enough of a class, or of the places tried the one that shows most of it.</summary>
    internal Crop Apply(DecodedSample sample, Random random, long pass, byte label, RareClassOptions options)
    {
        double enough = options.LeastCropShare * _crop.Size * _crop.Size;
        CropPlacement best = _crop.Place(sample, random);
        int most = _crop.Count(sample, best, label);
        for (int tried = 1; tried < options.Tries && most < enough; tried++)
        {
            CropPlacement other = _crop.Place(sample, random);
            int count = _crop.Count(sample, other, label);
            (best, most) = count > most ? (other, count) : (best, most);
        }

        return Cut(sample, best, random, pass);
    }

    private Crop Cut(DecodedSample sample, CropPlacement placement, Random random, long pass)
    {
        Crop result = _crop.Cut(sample, placement, pass);
        CropArea area = result.Window.Shown(_crop.Size);
        _colors?.Apply(result.Pixels, _crop.Size, area, random);
        _gray?.Apply(result.Pixels, _crop.Size, area, random);
        _blur?.Apply(result.Pixels, _crop.Size, area, random);
        return result;
    }
}

using Road.Torch.Data;

namespace Road.Torch.Training;

/// <summary>
/// How training crops are cut from images, and how they are changed: scale, place and mirroring, then colours, then grey, then blur.
/// </summary>
public sealed class CropOptions
{
    internal const int DefaultSize = 321;

    /// <summary>The side of the square training crops in pixels: 16 to 4096, 321 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int Size
    {
        get;
        set => field = OptionGuard.Between(value, 16, 4096);
    } = DefaultSize;

    /// <summary>
    /// The range of the scale that images get before they are cropped, within 0.1 to 10; 1 to 1 (none) by default. What a
    /// shrunken image leaves of its crop is padding, which has no label and belongs to no region; distillation counts its
    /// activations as it counts all.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">An end is outside its range, or the minimum exceeds the maximum.</exception>
    public ScaleRange Scale
    {
        get;
        set => field = value.Checked();
    } = ScaleRange.None;

    /// <summary>The same for target images, where theirs is another: null, the default, for <see cref="Scale"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An end is outside its range, or the minimum exceeds the maximum.</exception>
    public ScaleRange? TargetScale
    {
        get;
        set => field = value?.Checked();
    }

    /// <summary>Whether half of the crops are mirrored left to right: true by default.</summary>
    public bool Mirror { get; set; } = true;

    /// <summary>How far brightness varies: factors of 1 - value to 1 + value; 0 (not at all, the default) to 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double BrightnessJitter
    {
        get;
        set => field = OptionGuard.Between(value, 0, 1);
    }

    /// <summary>How far contrast varies: factors of 1 - value to 1 + value; 0 (not at all, the default) to 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double ContrastJitter
    {
        get;
        set => field = OptionGuard.Between(value, 0, 1);
    }

    /// <summary>How far saturation varies: factors of 1 - value to 1 + value; 0 (not at all, the default) to 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double SaturationJitter
    {
        get;
        set => field = OptionGuard.Between(value, 0, 1);
    }

    /// <summary>
    /// How far the hue varies, in turns of its circle: -value to value; 0 (not at all, the default) to 0.5 (any hue). It is turned after
    /// the saturation is changed.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double HueJitter
    {
        get;
        set => field = OptionGuard.Between(value, 0, 0.5);
    }

    /// <summary>The share of crops that lose their colours: 0 (none, the default) to 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double GrayShare
    {
        get;
        set => field = OptionGuard.Between(value, 0, 1);
    }

    /// <summary>
    /// The largest standard deviation, in pixels of the crop, of the Gaussian that half of the crops are blurred with: 0
    /// (no blur, the default) to 20.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double BlurSigma
    {
        get;
        set => field = OptionGuard.Between(value, 0, 20);
    }

    /// <summary>What these options do to source crops.</summary>
    internal CropAugmentation ForSource() => Create(Scale);

    /// <summary>What these options do to target crops.</summary>
    internal CropAugmentation ForTarget() => Create(TargetScale ?? Scale);

    private CropAugmentation Create(ScaleRange scale) => new(
        new RandomCrop(Size, Mirror, scale),
        BrightnessJitter > 0 || ContrastJitter > 0 || SaturationJitter > 0 || HueJitter > 0
            ? new ColorJitter(BrightnessJitter, ContrastJitter, SaturationJitter, HueJitter)
            : null,
        BlurSigma > 0 ? new RandomBlur(BlurSigma) : null,
        GrayShare > 0 ? new RandomGray(GrayShare) : null);
}

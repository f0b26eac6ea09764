namespace Road.Torch.Scoring;

/// <summary>How a trained network scores images. Every property checks its value when it is set.</summary>
public sealed class ScoringOptions
{
    private const double SmallestScale = 0.1;
    private const double LargestScale = 8;
    private const int MostScales = 16;

    /// <summary>
    /// The numbers that the network computes with: <see cref="Precision.Float32"/> by default. With
    /// <see cref="Precision.BFloat16"/> a few pixels in a thousand, mostly at edges, get another class.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public Precision Precision
    {
        get;
        init => field = OptionGuard.Defined(value);
    } = Precision.Float32;

    /// <summary>
    /// The side in pixels, 64 to 65,535, of the square tiles that the backbone takes an image in, each with
    /// <see cref="TileMargin"/> around it; null (the default) for the whole image at once. Most of the memory goes into
    /// the backbone's first maps, so smaller tiles take less, down to about 256. The head sees the whole image in any case,
    /// DeepLab's a few rows at a time.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int? TileSize
    {
        get;
        init => field = value is { } side ? OptionGuard.Between(side, 64, 65_535) : null;
    }

    /// <summary>
    /// The pixels of its surroundings that a tile is given on each side: 32 to 2048, 128 by default, which is more than
    /// VGG-16 and SqueezeNet see. Networks that see further, such as ResNet-101, may differ a little near the tiles' edges.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int TileMargin
    {
        get;
        init => field = OptionGuard.Between(value, 32, 2048);
    } = 128;

    /// <summary>
    /// The scales at which an image is scored, 1 to 16 of them, each 0.1 to 8: 1 alone by default. With several, the class
    /// probabilities are averaged.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A scale is outside its range, or there are none or too many.</exception>
    public IReadOnlyList<double> Scales
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            OptionGuard.Between(value.Count, 1, MostScales, "Scales.Count");
            field = [.. value.Select(static scale => OptionGuard.Between(scale, SmallestScale, LargestScale, nameof(Scales)))];
        }
    } = [1];

    /// <summary>Whether every scale is scored mirrored left to right too, and the probabilities averaged: false by default.</summary>
    public bool Mirror { get; init; }

    /// <summary>Whether several passes are averaged, so that the network's output is probabilities and not logits.</summary>
    internal bool IsAverage => Mirror || Scales.Count > 1;

    /// <summary>Whether every option has its default.</summary>
    internal bool IsDefault =>
        Precision == Precision.Float32 && TileSize is null && TileMargin == 128 && Scales is [1] && !Mirror;
}

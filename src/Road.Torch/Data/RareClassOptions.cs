namespace Road.Torch.Data;

/// <summary>
/// How often a stream shows rare classes (rare class sampling; Hoyer, Dai and Van Gool, CVPR 2022, Eq. 5 and 6). In place of passes over
/// the images, every crop is drawn by itself: a class with a probability of <c>softmax((1 - f) / T)</c>, where <c>f</c> is its share of
/// the labelled pixels, then one of the images that have enough of it, all of them alike, then a place in that image that shows it.
/// </summary>
/// <remarks>
/// All label masks are read once before the first crop. A class that no image has enough of is drawn from the images that have any of it,
/// and one that occurs nowhere is not drawn. The options are read when a stream is opened.
/// </remarks>
public sealed class RareClassOptions
{
    // 3,000 pixels of a GTA5 frame, 1914 x 1052, and half as many of a crop of 512 x 512.
    private const double PublishedImageShare = 3000.0 / (1914 * 1052);
    private const double PublishedCropShare = 1500.0 / (512 * 512);

    /// <summary>
    /// T, the lower the rarer: more than 0, at most 1000; 0.01, as published, by default. At 1000 all classes are as likely.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double Temperature
    {
        get;
        set => field = OptionGuard.PositiveUpTo(value, 1000);
    } = 0.01;

    /// <summary>
    /// The share of an image's pixels that a class must have for the image to be drawn for it: 0 (any pixel will do) to 1. By default about
    /// 0.0015, the published 3,000 pixels of a GTA5 frame, of whatever size masks are.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double LeastImageShare
    {
        get;
        set => field = OptionGuard.Between(value, 0, 1);
    } = PublishedImageShare;

    /// <summary>
    /// The share of a crop's pixels that the class it was drawn for must have, or another place is tried: 0 (the first place will do) to 1.
    /// By default about 0.0057, the published 1,500 pixels of a crop of 512 x 512, of whatever size crops are.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double LeastCropShare
    {
        get;
        set => field = OptionGuard.Between(value, 0, 1);
    } = PublishedCropShare;

    /// <summary>
    /// How many places are tried: 1 to 100, 10 by default. Where none shows enough of the class, the one that shows most is taken (as
    /// published, it would be the last).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int Tries
    {
        get;
        set => field = OptionGuard.Between(value, 1, 100);
    } = 10;

    /// <summary>All settings, as a checkpoint tells of them.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => FormattableString.Invariant(
        $"temperature {Temperature}, image share {LeastImageShare}, crop share {LeastCropShare}, tries {Tries}");

    /// <summary>The settings as they are now.</summary>
    internal RareClassOptions Copy() => (RareClassOptions)MemberwiseClone();
}

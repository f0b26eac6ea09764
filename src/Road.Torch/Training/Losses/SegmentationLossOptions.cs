namespace Road.Torch.Training;

/// <summary>
/// What the supervised loss of the source, L_seg, is made of beside cross-entropy; by default nothing, as in the paper. It holds for the
/// main and the auxiliary classifier, and not for pseudo labels of self-training, which stay a plain cross-entropy: rare classes that are
/// weighed up there make the network believe its own mistakes.
/// </summary>
/// <remarks>
/// With labelled pixels i of class y, probabilities p and K classes:
/// <list type="number">
/// <item><c>H_i = -(1 - LabelSmoothing) log p_iy - LabelSmoothing / K sum_k log p_ik</c>, the cross-entropy of softened labels;</item>
/// <item><c>l_i = w_y (1 - p_iy)^FocalGamma H_i</c>, with the weight w of the class;</item>
/// <item><c>L_seg = mean of l_i + DiceWeight L_dice</c>, the mean over the labelled pixels, or the hard ones of them; the divisor is their
/// number, whatever they weigh.</item>
/// </list>
/// </remarks>
public sealed class SegmentationLossOptions
{
    /// <summary>
    /// How classes weigh against each other, by a count of all source labels before the first step; null, the default, for alike. Another
    /// weighting is a class derived from <see cref="ClassWeighting"/>.
    /// </summary>
    public ClassWeighting? ClassWeights { get; set; }

    /// <summary>
    /// The probability of the true class under which a pixel is hard, 0 to 1, often 0.7: only hard pixels count, as in online hard example
    /// mining (Shrivastava, Gupta and Girshick, CVPR 2016) of single pixels. Null, the default, for all pixels.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double? HardPixelThreshold
    {
        get;
        set => field = value is { } threshold ? OptionGuard.Between(threshold, 0, 1) : null;
    }

    /// <summary>
    /// The least share of a batch's labelled pixels that counts where there is a <see cref="HardPixelThreshold"/>, those of the least
    /// probability: 0 to 1, 1/16 by default. With a threshold of 0 it is what counts; pixels as hard as the last of them count too.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double HardPixelShare
    {
        get;
        set => field = OptionGuard.Between(value, 0, 1);
    } = 1.0 / 16;

    /// <summary>
    /// The exponent gamma of the focal loss, which lets pixels count the less the surer the network is of their class (Lin et al., ICCV
    /// 2017, Eq. 4): 0 (off, the default) to 10, often 2.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double FocalGamma
    {
        get;
        set => field = OptionGuard.Between(value, 0, 10);
    }

    /// <summary>
    /// The weight of <see cref="SoftDiceLoss"/> beside the cross-entropy: 0 (off, the default) to 1000. All classes of a batch have the
    /// same part in it, so neither <see cref="ClassWeights"/> nor hard pixels nor gamma change it.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double DiceWeight
    {
        get;
        set => field = OptionGuard.Between(value, 0, 1000);
    }

    /// <summary>
    /// The part of each label that is spread over all classes (Szegedy et al., CVPR 2016): 0 (none, the default) to less than 1, often
    /// 0.1.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double LabelSmoothing
    {
        get;
        set => field = OptionGuard.Below(value, 0, 1);
    }

    /// <summary>Whether the loss is the cross-entropy alone, but for the weights of classes.</summary>
    internal bool IsCrossEntropy => HardPixelThreshold is null && FocalGamma == 0 && DiceWeight == 0 && LabelSmoothing == 0;

    /// <summary>The same settings as another object, for what reads them later.</summary>
    internal SegmentationLossOptions Copy() => (SegmentationLossOptions)MemberwiseClone();
}

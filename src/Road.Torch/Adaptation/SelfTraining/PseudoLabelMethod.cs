namespace Road.Torch.Adaptation;

/// <summary>
/// A method that trains on what a mean teacher predicts for target crops. The teacher is a second network whose weights are the running
/// mean of the trained ones' (Tarvainen and Valpola, 2017). Methods of this kind share one teacher and its labels in a training; where
/// <see cref="SelfTraining"/> is among them, its settings of teacher and labels hold for all.
/// </summary>
/// <remarks>
/// The teacher predicts without dropout; batch norm of its head works on the statistics of the batch, as that of the trained network does,
/// and that of its backbone keeps the pretrained ones. Pixels of padding never count.
/// </remarks>
public abstract class PseudoLabelMethod : AdaptationMethod
{
    private protected PseudoLabelMethod()
    {
    }

    /// <summary>
    /// How much of itself the teacher keeps in a step: 0 to 1, 0.999 by default (DAFormer; DACS has 0.99). Before step i, from 0, it
    /// becomes <c>a teacher + (1 - a) trained</c> with <c>a = min(1 - 1/(i + 1), Alpha)</c>, so that it begins as a copy.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double Alpha
    {
        get;
        set => field = OptionGuard.Between(value, 0, 1);
    } = 0.999;

    /// <summary>
    /// The first step, from 0, that trains on pseudo labels: 0 (the default) to 10,000,000. The teacher follows from the start.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int StartIteration
    {
        get;
        set => field = OptionGuard.Between(value, 0, 10_000_000);
    }

    /// <summary>How much each pixel's pseudo label counts: by <see cref="PseudoLabelSelection.Threshold"/> unless told.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public PseudoLabelSelection Selection
    {
        get;
        set => field = OptionGuard.Defined(value);
    }

    /// <summary>
    /// The probability from which a pixel is confident, for <see cref="PseudoLabelSelection.Threshold"/>: 0 to 1, DACS's 0.968 by default.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double Threshold
    {
        get;
        set => field = OptionGuard.Between(value, 0, 1);
    } = 0.968;

    /// <summary>
    /// The probability from which a pixel counts whatever the median of its class is, for
    /// <see cref="PseudoLabelSelection.ClassBalanced"/>: 0 to 1, 0.8 by default.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double LargestClassThreshold
    {
        get;
        set => field = OptionGuard.Between(value, 0, 1);
    } = 0.8;

    /// <summary>
    /// The upper rows of target images whose pseudo labels do not count, in pixels of the whole image before scaling and cropping: 0 (the
    /// default) to 100,000. DAFormer leaves out 15 of 512 rows of Cityscapes, HRDA 30 of 1024.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int IgnoredTop
    {
        get;
        set => field = OptionGuard.Between(value, 0, 100_000);
    }

    /// <summary>
    /// The lower rows of target images whose pseudo labels do not count, in pixels of the whole image before scaling and cropping: 0 (the
    /// default) to 100,000. DAFormer leaves out 120 of 512 rows of Cityscapes, where the bonnet is, HRDA 240 of 1024.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int IgnoredBottom
    {
        get;
        set => field = OptionGuard.Between(value, 0, 100_000);
    }

    /// <summary>
    /// The left columns of target images whose pseudo labels do not count, in pixels of the whole image before scaling and cropping: 0 (the
    /// default) to 100,000. HRDA and MIC leave out 30 of 2048 columns of Cityscapes at either side, where rectification bends them.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int IgnoredLeft
    {
        get;
        set => field = OptionGuard.Between(value, 0, 100_000);
    }

    /// <summary>The right columns, as <see cref="IgnoredLeft"/>: 0 (the default) to 100,000.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int IgnoredRight
    {
        get;
        set => field = OptionGuard.Between(value, 0, 100_000);
    }

    /// <summary>
    /// Whether colours and sharpness of the images that the network sees are changed strongly at random: true by default. The teacher sees
    /// them as they are.
    /// </summary>
    public bool StrongAugmentation { get; set; } = true;

    /// <inheritdoc/>
    public override bool NeedsTargetFeatures => false;
}

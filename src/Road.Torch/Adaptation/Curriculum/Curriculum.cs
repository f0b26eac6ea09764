namespace Road.Torch.Adaptation;

/// <summary>
/// Curriculum domain adaptation (Zhang, David and Gong, ICCV 2017): the easy tasks first, which are to infer the label
/// distribution of a target image and of its landmark superpixels from the labelled source; then the network is trained to
/// predict like that. It reports <c>L_img</c> and <c>L_lmk</c>.
/// </summary>
/// <remarks>
/// <para>
/// As the paper has it: a multinomial logistic regression from an image's features to its label distribution (L_img); about
/// 100 superpixels an image, a linear classifier from a superpixel's features to its dominant
/// class, the 60 % that it is surest of kept as landmarks, with all mass on the class it names
/// (L_lmk); cross-entropy with the network's predicted distributions.
/// </para>
/// <para>
/// The paper takes image features from an Inception-ResNet v2 and superpixel features from a PSPNet trained on
/// PASCAL-Context. Here both are means of the frozen, pretrained backbone's last map, so that no further network is needed;
/// its receptive field covers the neighbours whose features the paper appends. A softmax regression takes the place of the
/// linear support vector machine: its probabilities say how sure it is. An image is a crop, padding included, and what is
/// inferred is inferred in each step, of the very crop. The paper starts from a network trained on the source; here the
/// losses act from the first step, as in every other method, so that trainings of one length compare.
/// </para>
/// </remarks>
public sealed class Curriculum : AdaptationMethod
{
    /// <summary>
    /// The weight of the label distributions of whole images: 0 (off) to 1000; by default 0.1, that of the authors' program, since the
    /// paper gives no number.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double ImageWeight
    {
        get;
        set => field = OptionGuard.Between(value, 0, 1000);
    } = 0.1;

    /// <summary>
    /// The weight of the label distributions of landmark superpixels: 0 (off) to 1000; by default 1, that of the authors' program, since
    /// the paper gives no number.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double LandmarkWeight
    {
        get;
        set => field = OptionGuard.Between(value, 0, 1000);
    } = 1;

    /// <inheritdoc/>
    public override string Name => "curriculum";

    /// <inheritdoc/>
    public override bool NeedsPretrainedBackbone => true;

    /// <inheritdoc/>
    public override bool NeedsPreparation => true;

    /// <inheritdoc/>
    public override Adapter Create(AdaptationContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new CurriculumAdapter(context.PretrainedBackbone, context.ClassCount, ImageWeight, LandmarkWeight, context.Device);
    }
}

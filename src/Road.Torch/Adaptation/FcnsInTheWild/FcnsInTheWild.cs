namespace Road.Torch.Adaptation;

/// <summary>
/// FCNs in the Wild (Hoffman, Wang, Yu and Darrell, 2016, arXiv 1612.02649): global alignment and category-specific
/// constraints, <c>L_seg + L_da + L_mi</c>. It reports <c>L_da</c> and <c>L_mi</c>.
/// </summary>
/// <remarks>
/// <para>
/// L_da: one pixel-level domain classifier over all activations of the backbone's last map minimises the cross-entropy L_D on
/// features that it cannot move, while the features minimise <c>1/2 (L_D + L_Dinv)</c> through a classifier that they cannot
/// move, where L_Dinv has the labels inverted. The value reported is L_D. The paper does not say what the classifier looks
/// like: it is that of one ROAD region, and the losses are means over activations.
/// </para>
/// <para>
/// L_mi: bounds on the share of each class in a target image, which come from the source labels. An image is a crop here, padding included,
/// in the statistics as in the constraint, since a network that trains on crops never sees more. The losses act from the first step, as in
/// every other method, so that trainings of one length compare.
/// </para>
/// </remarks>
public sealed class FcnsInTheWild : AdaptationMethod
{
    /// <summary>
    /// The weight of what the features minimise in the global alignment: 0 (no alignment) to 1000, the paper's 1 by default. The domain
    /// classifier learns at its full rate.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double AlignmentWeight
    {
        get;
        set => field = OptionGuard.Between(value, 0, 1000);
    } = 1;

    /// <summary>The weight of the class size constraints: 0 (off) to 1000, the paper's 1 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double ConstraintWeight
    {
        get;
        set => field = OptionGuard.Between(value, 0, 1000);
    } = 1;

    /// <inheritdoc/>
    public override string Name => "fcns-in-the-wild";

    /// <inheritdoc/>
    public override bool NeedsPreparation => true;

    /// <inheritdoc/>
    public override Adapter Create(AdaptationContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new FcnsInTheWildAdapter(this, context);
    }
}

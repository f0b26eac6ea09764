using System.Globalization;

namespace Road.Torch.Adaptation;

/// <summary>
/// Masked image consistency (MIC; Hoyer, Dai, Wang and Van Gool, CVPR 2023): blocks of a target crop are hidden, and the network learns to
/// predict the pseudo labels that a mean teacher gives the whole crop. It reports <c>L_mask</c>.
/// </summary>
/// <remarks>
/// Beside <see cref="SelfTraining"/>, as in the paper, it uses that method's teacher and pseudo labels, and the settings there hold; alone
/// it has a teacher of its own. A hidden pixel has the mean colour of the normalisation.
/// </remarks>
public sealed class MaskedConsistency : PseudoLabelMethod
{
    /// <summary>The weight of the loss: 0 (off) to 1000, the paper's 1 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double Weight
    {
        get;
        set => field = OptionGuard.Between(value, 0, 1000);
    } = 1;

    /// <summary>
    /// The side of the blocks in pixels of the crop, about: 1 to 4096, 32 by default. The paper has 32 for crops of 512 and 64 for crops of
    /// 1024. The crop is cut evenly into the number of blocks that comes nearest.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int BlockSize
    {
        get;
        set => field = OptionGuard.Between(value, 1, 4096);
    } = 32;

    /// <summary>How likely a block is hidden: 0 to 1, the paper's 0.7 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double MaskedShare
    {
        get;
        set => field = OptionGuard.Between(value, 0, 1);
    } = 0.7;

    /// <inheritdoc/>
    public override string Name => "masked-consistency";

    /// <inheritdoc/>
    public override bool IsOn => Weight > 0;

    /// <inheritdoc/>
    public override Adapter Create(AdaptationContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new MaskedConsistencyAdapter(this, context);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"masked consistency ({MaskedShare} of blocks of {BlockSize})");
}

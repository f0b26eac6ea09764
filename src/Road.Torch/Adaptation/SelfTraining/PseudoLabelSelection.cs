namespace Road.Torch.Adaptation;

/// <summary>How much each pixel's pseudo label counts.</summary>
public enum PseudoLabelSelection
{
    /// <summary>
    /// Every pixel alike: by the share of the batch's pixels whose confidence is at least
    /// <see cref="PseudoLabelMethod.Threshold"/> (DACS).
    /// </summary>
    Threshold,

    /// <summary>
    /// A pixel whose confidence is at least the median of its class over recent batches, or at least
    /// <see cref="PseudoLabelMethod.LargestClassThreshold"/>, counts in full, another not at all: the surer half of every class, so that
    /// rare classes are not left out (after CBST).
    /// </summary>
    ClassBalanced,
}

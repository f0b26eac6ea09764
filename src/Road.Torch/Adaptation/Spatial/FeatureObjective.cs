namespace Road.Torch.Adaptation;

/// <summary>What features minimise through a domain classifier that they cannot move.</summary>
internal enum FeatureObjective
{
    /// <summary>The cross-entropy against the inverted domain labels.</summary>
    InvertedLabels,

    /// <summary>
    /// The mean of the cross-entropies against the true and against the inverted labels, least where the classifier cannot tell.
    /// </summary>
    Confusion,
}

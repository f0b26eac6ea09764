namespace Road.Torch.Adaptation;

/// <summary>How the features are trained against the domain classifiers of spatial-aware adaptation.</summary>
public enum DomainAdversary
{
    /// <summary>The classifiers' gradient, reversed (Ganin and Lempitsky, 2015): the paper's choice.</summary>
    GradientReversal,

    /// <summary>
    /// The classifiers learn on features that they cannot move; the features minimise the cross-entropy against the
    /// inverted domain labels, through classifiers that they cannot move (Tzeng et al., 2017): the paper's comparison.
    /// </summary>
    InvertedLabels,
}

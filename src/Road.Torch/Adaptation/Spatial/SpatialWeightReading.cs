namespace Road.Torch.Adaptation;

/// <summary>The two readings of lambda2 in Eq. 5. The features get the same gradient in both.</summary>
public enum SpatialWeightReading
{
    /// <summary>
    /// lambda2 scales the reversed gradient only: the domain classifiers learn at their full rate, and the features
    /// receive <c>-lambda2</c> times the gradient.
    /// </summary>
    Scaled,

    /// <summary>lambda2 scales the whole loss, the domain classifiers' own gradient too; the reversal is by -1.</summary>
    Literal,
}

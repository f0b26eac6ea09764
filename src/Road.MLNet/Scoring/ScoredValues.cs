namespace Road.MLNet.Scoring;

/// <summary>What a prediction is asked for beside its labels.</summary>
/// <param name="Probabilities">The probability of each class, K numbers a pixel.</param>
/// <param name="Confidences">The largest of them, one number a pixel.</param>
internal readonly record struct ScoredValues(bool Probabilities, bool Confidences);

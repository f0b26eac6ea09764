namespace Experiments.Results;

/// <summary>Pixels of an image that were taken for another class.</summary>
/// <param name="Truth">The true class.</param>
/// <param name="Predicted">The class that was predicted.</param>
/// <param name="Share">Their share of the image's labelled pixels, 0 to 1.</param>
internal sealed record ImageConfusion(string Truth, string Predicted, double Share);

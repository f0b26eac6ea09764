namespace Experiments.Results;

/// <summary>One of the images that a run did worst on.</summary>
/// <param name="Name">The name of its file, without extension.</param>
/// <param name="Row">Its row in the test set, from 0.</param>
/// <param name="MeanIoU">The mean intersection over union of the scored classes that occur in it, 0 to 1.</param>
/// <param name="Confusions">What was taken for what, the most pixels first.</param>
internal sealed record WorstImage(string Name, int Row, double MeanIoU, IReadOnlyList<ImageConfusion> Confusions);

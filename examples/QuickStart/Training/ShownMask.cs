namespace QuickStart.Training;

/// <summary>A predicted mask to show.</summary>
/// <param name="Keys">A key a pixel, as label columns hold them.</param>
/// <param name="Accuracy">The share of the scene's labelled pixels that are right, 0 to 1.</param>
internal sealed record ShownMask(byte[] Keys, double Accuracy);

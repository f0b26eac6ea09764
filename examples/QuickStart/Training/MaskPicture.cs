namespace QuickStart.Training;

/// <summary>A predicted mask, ready to show.</summary>
/// <param name="Png">The mask in the classes' colours.</param>
/// <param name="Accuracy">The share of the scene's labelled pixels that are right, 0 to 1.</param>
internal sealed record MaskPicture(byte[] Png, double Accuracy);

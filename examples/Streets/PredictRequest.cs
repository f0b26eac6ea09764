namespace Streets;

/// <summary>What <c>predict</c> is asked for, beside the images.</summary>
/// <param name="ModelFile">The model.</param>
/// <param name="OutputFolder">The folder of masks.</param>
/// <param name="AsLabelIds">Whether mask files have Cityscapes' label ids; else each class's index.</param>
/// <param name="OverlayOpacity">How much of the mask is seen over its image, 0 to 1; null for no overlays.</param>
/// <param name="Reading">How images are read.</param>
internal sealed record PredictRequest(
    string ModelFile, string OutputFolder, bool AsLabelIds, double? OverlayOpacity, ImageReading Reading);

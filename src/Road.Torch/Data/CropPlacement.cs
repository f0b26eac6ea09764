namespace Road.Torch.Data;

/// <summary>Where a crop lies in its image.</summary>
/// <param name="Scaled">The size that the image is scaled to.</param>
/// <param name="Left">The scaled image's column in the crop's first column, before mirroring.</param>
/// <param name="Top">The scaled image's row in the crop's first row.</param>
/// <param name="Mirrored">Whether the crop is mirrored left to right.</param>
internal readonly record struct CropPlacement(ImageSize Scaled, int Left, int Top, bool Mirrored);

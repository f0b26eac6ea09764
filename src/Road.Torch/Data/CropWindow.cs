namespace Road.Torch.Data;

/// <summary>
/// Where a crop lies in the image it was cut from, so that each of its pixels, and each activation over it, can be
/// traced back to the original image's coordinates.
/// </summary>
/// <param name="X">The left edge in pixels of the original image; negative where the crop was padded.</param>
/// <param name="Y">The top edge in pixels of the original image; negative where the crop was padded.</param>
/// <param name="Width">The width in pixels of the original image, whatever number of pixels the crop itself has.</param>
/// <param name="Height">The height in pixels of the original image.</param>
/// <param name="ImageWidth">The original image's width in pixels.</param>
/// <param name="ImageHeight">The original image's height in pixels.</param>
/// <param name="Mirrored">Whether the crop shows the window mirrored left to right.</param>
public readonly record struct CropWindow(
    double X, double Y, double Width, double Height, int ImageWidth, int ImageHeight, bool Mirrored)
{
    /// <summary>Traces a point of the crop back to the original image.</summary>
    /// <param name="u">The point's horizontal position as a share of the crop's width: 0 left, 1 right.</param>
    /// <param name="v">The point's vertical position as a share of the crop's height: 0 top, 1 bottom.</param>
    /// <returns>The point in pixels of the original image; outside of it where the crop was padded.</returns>
    public (double X, double Y) ToImage(double u, double v) =>
        (X + ((Mirrored ? 1 - u : u) * Width), Y + (v * Height));

    /// <summary>
    /// The part of a crop of <paramref name="size"/> x <paramref name="size"/> pixels that shows the image; the rest is padding.
    /// </summary>
    internal CropArea Shown(int size)
    {
        (int x, int width) = Shown(X, Width, ImageWidth, size);
        (int y, int height) = Shown(Y, Height, ImageHeight, size);
        return new CropArea(Mirrored ? size - x - width : x, y, width, height);
    }

    private static (int First, int Count) Shown(double start, double length, int imageLength, int size)
    {
        // An edge of the image lies on an edge of the crop's pixels, whatever the scale.
        int first = Math.Max(0, (int)Math.Round(-start * size / length));
        int end = Math.Min(size, (int)Math.Round((imageLength - start) * size / length));
        return (first, end - first);
    }
}

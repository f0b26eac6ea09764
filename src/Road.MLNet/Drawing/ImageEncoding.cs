using Microsoft.ML.Data;
using SkiaSharp;

namespace Road.MLNet.Data;

/// <summary>Pictures as the content of image files.</summary>
internal static class ImageEncoding
{
    private const int JpegQuality = 90;

    /// <summary>A picture as PNG, which keeps every colour, as masks need it. The caller disposes it.</summary>
    public static SKData Png(MLImage image) => Encode(image, SKEncodedImageFormat.Png, 100);

    /// <summary>A photo as JPEG. The caller disposes it.</summary>
    public static SKData Jpeg(MLImage image) => Encode(image, SKEncodedImageFormat.Jpeg, JpegQuality);

    private static SKData Encode(MLImage image, SKEncodedImageFormat format, int quality)
    {
        SKColorType order = image.PixelFormat == MLPixelFormat.Bgra32 ? SKColorType.Bgra8888 : SKColorType.Rgba8888;
        using SKImage copy = SKImage.FromPixelCopy(
            new SKImageInfo(image.Width, image.Height, order, SKAlphaType.Opaque), image.Pixels);
        return copy.Encode(format, quality);
    }
}

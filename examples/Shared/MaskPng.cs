using Microsoft.ML.Data;
using SkiaSharp;

namespace Road.Examples;

/// <summary>Writes predicted masks as PNG.</summary>
internal static class MaskPng
{
    /// <summary>Writes a mask in the classes' colours.</summary>
    public static void Write(Stream stream, MLImage mask)
    {
        SKColorType order = mask.PixelFormat == MLPixelFormat.Bgra32 ? SKColorType.Bgra8888 : SKColorType.Rgba8888;
        Write(stream, new SKImageInfo(mask.Width, mask.Height, order, SKAlphaType.Opaque), mask.Pixels);
    }

    /// <summary>Writes the class ids of a mask's pixels as greys.</summary>
    public static void Write(Stream stream, ReadOnlySpan<byte> ids, int width, int height) =>
        Write(stream, new SKImageInfo(width, height, SKColorType.Gray8, SKAlphaType.Opaque), ids);

    private static void Write(Stream stream, SKImageInfo layout, ReadOnlySpan<byte> pixels)
    {
        using SKImage image = SKImage.FromPixelCopy(layout, pixels);
        using SKData png = image.Encode(SKEncodedImageFormat.Png, 100);
        png.SaveTo(stream);
    }
}

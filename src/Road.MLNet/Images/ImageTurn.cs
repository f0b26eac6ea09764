using System.Runtime.InteropServices;
using Microsoft.ML.Data;
using SkiaSharp;

namespace Road.MLNet.Data;

/// <summary>Turns and mirrors pixels as an EXIF orientation says.</summary>
internal static class ImageTurn
{
    // Pixels of a square that stays in the cache while it is transposed.
    private const int Block = 64;

    /// <summary>An image whose first row and column are where they are seen, not where they are stored.</summary>
    /// <param name="pixels">The stored pixels, row-major, 32 bits each.</param>
    /// <param name="width">The stored width in pixels.</param>
    /// <param name="height">The stored height in pixels.</param>
    /// <param name="format">The order of a pixel's channels.</param>
    /// <param name="origin">Where the stored first row and column are seen.</param>
    /// <returns>The image, the caller's.</returns>
    public static unsafe MLImage Apply(ReadOnlySpan<byte> pixels, int width, int height, MLPixelFormat format, SKEncodedOrigin origin)
    {
        if (origin == SKEncodedOrigin.TopLeft)
        {
            return MLImage.CreateFromPixels(width, height, format, pixels);
        }

        // Where the seen image's first pixel is stored, and how far its neighbours to the right and below are from it.
        int last = (width * height) - 1;
        (int first, int right, int below) = origin switch
        {
            SKEncodedOrigin.TopRight => (width - 1, -1, width),
            SKEncodedOrigin.BottomRight => (last, -1, -width),
            SKEncodedOrigin.BottomLeft => (last - width + 1, 1, -width),
            SKEncodedOrigin.LeftTop => (0, width, 1),
            SKEncodedOrigin.RightTop => (last - width + 1, -width, 1),
            SKEncodedOrigin.RightBottom => (last, -width, -1),
            SKEncodedOrigin.LeftBottom => (width - 1, width, -1),
            _ => (0, 1, width),
        };
        (int seenWidth, int seenHeight) = Math.Abs(right) == 1 ? (width, height) : (height, width);
        ReadOnlySpan<uint> stored = MemoryMarshal.Cast<byte, uint>(pixels);
        using SKBitmap seen = new(new SKImageInfo(seenWidth, seenHeight, SKColorType.Bgra8888, SKAlphaType.Unpremul));
        Span<uint> turned = new((void*)seen.GetPixels(), seenWidth * seenHeight);
        for (int top = 0; top < seenHeight; top += Block)
        {
            for (int left = 0; left < seenWidth; left += Block)
            {
                for (int y = top; y < Math.Min(top + Block, seenHeight); y++)
                {
                    int from = first + (y * below) + (left * right);
                    foreach (ref uint pixel in turned.Slice((y * seenWidth) + left, Math.Min(Block, seenWidth - left)))
                    {
                        pixel = stored[from];
                        from += right;
                    }
                }
            }
        }

        return MLImage.CreateFromPixels(seenWidth, seenHeight, format, seen.GetPixelSpan());
    }
}

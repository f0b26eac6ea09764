using System.Buffers;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Microsoft.ML.Data;
using Road.Torch.Data;
using SkiaSharp;

namespace Road.MLNet.Data;

/// <summary>Turns images into interleaved RGB bytes, at their own size or another, and label masks to another size.</summary>
internal static class ImagePixels
{
    /// <summary>Copies an image's colours; what is transparent keeps its colour.</summary>
    /// <param name="image">The image; it stays its owner's.</param>
    /// <param name="size">The size wanted; null for the image's own.</param>
    /// <param name="fit">How the image is brought to that size.</param>
    /// <param name="buffer">What the result lies in, until its next use; null for an array of its own.</param>
    /// <exception cref="NotSupportedException">The image has another pixel format than 32-bit BGRA or RGBA.</exception>
    public static DecodedSample Decode(MLImage image, ImageSize? size, ImageFit fit = ImageFit.KeepAspectRatio, ReusedBytes? buffer = null)
    {
        SKColorType type = ColorType(image);
        bool blueFirst = type == SKColorType.Bgra8888;
        var own = new ImageSize(image.Width, image.Height);
        ImageSize target = size is { } box ? own.FitTo(box, fit) : own;
        if (target == own)
        {
            return new DecodedSample(own.Width, own.Height, ToRgb(image.Pixels, blueFirst, buffer));
        }

        // Opaque, since the network sees colours only, and scaling premultiplied ones would darken them.
        var source = new SKImageInfo(own.Width, own.Height, type, SKAlphaType.Opaque);
        using var scaled = new SKBitmap(source.WithSize(target.Width, target.Height));
        Scale(image.Pixels, source, scaled);
        return new DecodedSample(target.Width, target.Height, ToRgb(scaled.GetPixelSpan(), blueFirst, buffer));
    }

    /// <summary>The order of an image's channels, as Skia calls it.</summary>
    /// <exception cref="NotSupportedException">The image has another pixel format than 32-bit BGRA or RGBA.</exception>
    public static SKColorType ColorType(MLImage image) => image.PixelFormat switch
    {
        MLPixelFormat.Bgra32 => SKColorType.Bgra8888,
        MLPixelFormat.Rgba32 => SKColorType.Rgba8888,
        _ => throw new NotSupportedException($"The image's pixel format must be Bgra32 or Rgba32, not {image.PixelFormat}."),
    };

    /// <summary>Scales a label mask to the nearest neighbour, so that no class arises between two others.</summary>
    /// <param name="labels">Row-major <paramref name="height"/> x <paramref name="width"/>.</param>
    /// <param name="width">The width in pixels.</param>
    /// <param name="height">The height in pixels.</param>
    /// <param name="newWidth">The width wanted.</param>
    /// <param name="newHeight">The height wanted.</param>
    public static byte[] ResizeLabels(ReadOnlySpan<byte> labels, int width, int height, int newWidth, int newHeight)
    {
        byte[] result = GC.AllocateUninitializedArray<byte>(newWidth * newHeight);
        int[] columns = new int[newWidth];
        for (int x = 0; x < newWidth; x++)
        {
            columns[x] = Nearest(x, width, newWidth);
        }

        for (int y = 0; y < newHeight; y++)
        {
            ReadOnlySpan<byte> row = labels.Slice(Nearest(y, height, newHeight) * width, width);
            Span<byte> output = result.AsSpan(y * newWidth, newWidth);
            for (int x = 0; x < output.Length; x++)
            {
                output[x] = row[columns[x]];
            }
        }

        return result;
    }

    /// <summary>Paints a label mask.</summary>
    /// <param name="labels">Row-major class indices.</param>
    /// <param name="width">The width in pixels.</param>
    /// <param name="height">The height in pixels.</param>
    /// <param name="palette">R, G, B of each class.</param>
    /// <returns>The image; the caller disposes it.</returns>
    public static MLImage Paint(ReadOnlySpan<byte> labels, int width, int height, ReadOnlySpan<byte> palette)
    {
        // A whole pixel a class, so that painting one is a single copy.
        Span<uint> colors = stackalloc uint[palette.Length / 3];
        Span<byte> channels = MemoryMarshal.AsBytes(colors);
        channels.Fill(255);
        for (int k = 0; k < colors.Length; k++)
        {
            palette.Slice(3 * k, 3).CopyTo(channels[(4 * k)..]);
        }

        byte[] pixels = ArrayPool<byte>.Shared.Rent(4 * labels.Length);
        try
        {
            Span<uint> painted = MemoryMarshal.Cast<byte, uint>(pixels.AsSpan(0, 4 * labels.Length));
            for (int i = 0; i < labels.Length; i++)
            {
                painted[i] = colors[labels[i]];
            }

            return MLImage.CreateFromPixels(width, height, MLPixelFormat.Rgba32, pixels.AsSpan(0, 4 * labels.Length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(pixels);
        }
    }

    /// <summary>The input pixel whose area holds the centre of an output pixel.</summary>
    private static int Nearest(int position, int size, int newSize) => (int)(((2L * position) + 1) * size / (2L * newSize));

    private static unsafe void Scale(ReadOnlySpan<byte> pixels, SKImageInfo info, SKBitmap destination)
    {
        fixed (byte* first = pixels)
        {
            using var source = new SKPixmap(info, (IntPtr)first);
            using SKPixmap target = destination.PeekPixels();

            // Medium is linear over a mipmap, which averages what a downscaled pixel covers; the cubic of High skips pixels.
            if (!source.ScalePixels(target, SKFilterQuality.Medium))
            {
                throw new InvalidOperationException(
                    $"Cannot scale an image of {info.Width} x {info.Height} to {destination.Width} x {destination.Height}.");
            }
        }
    }

    private static byte[] ToRgb(ReadOnlySpan<byte> pixels, bool blueFirst, ReusedBytes? buffer)
    {
        byte[] result = (buffer ?? new ReusedBytes()).OfLength(pixels.Length / 4 * 3);
        int i = 0, j = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            // Four pixels at a time; the four bytes written too many are overwritten by the next ones.
            Vector128<byte> order = blueFirst
                ? Vector128.Create((byte)2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, 255, 255, 255, 255)
                : Vector128.Create((byte)0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 255, 255, 255, 255);
            for (; j <= result.Length - 16; i += 16, j += 12)
            {
                Vector128.Shuffle(Vector128.Create(pixels[i..(i + 16)]), order).CopyTo(result, j);
            }
        }

        int red = blueFirst ? 2 : 0;
        for (; j < result.Length; i += 4, j += 3)
        {
            result[j] = pixels[i + red];
            result[j + 1] = pixels[i + 1];
            result[j + 2] = pixels[i + 2 - red];
        }

        return result;
    }
}

using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.ML.Data;
using Road.Torch;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Metadata.Profiles.Exif;
using SixLabors.ImageSharp.PixelFormats;
using SkiaSharp;

namespace Road.MLNet.Data;

/// <summary>Pixels between ImageSharp's images and ML.NET's.</summary>
internal static class ImageSharpPixels
{
    /// <summary>How an image is to be turned, by its metadata: where its stored first row and column are seen.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The orientation is not one of the enumeration's.</exception>
    public static SKEncodedOrigin Origin(Image image, ImageOrientation orientation)
    {
        if (OptionGuard.Defined(orientation, nameof(orientation)) == ImageOrientation.AsStored)
        {
            return SKEncodedOrigin.TopLeft;
        }

        // TIFF files have it among the tags of the page.
        ExifProfile? profile = image.Metadata.ExifProfile ?? image.Frames.RootFrame.Metadata.ExifProfile;
        ushort value = profile?.GetValue(ExifTag.Orientation)?.Value ?? 1;
        return value is >= 1 and <= 8 ? (SKEncodedOrigin)value : SKEncodedOrigin.TopLeft;
    }

    /// <summary>Copies an image of any pixels, its first frame.</summary>
    public static MLImage ToMLImage(Image image, SKEncodedOrigin origin)
    {
        if (image is Image<Bgra32> bgra)
        {
            return ToMLImage(bgra, origin);
        }

        using Image<Bgra32> converted = image.CloneAs<Bgra32>();
        return ToMLImage(converted, origin);
    }

    /// <summary>Copies an image, its first frame.</summary>
    public static MLImage ToMLImage(Image<Bgra32> image, SKEncodedOrigin origin)
    {
        if (image.DangerousTryGetSinglePixelMemory(out Memory<Bgra32> memory))
        {
            return ImageTurn.Apply(MemoryMarshal.AsBytes(memory.Span), image.Width, image.Height, MLPixelFormat.Bgra32, origin);
        }

        int length = checked(4 * image.Width * image.Height);
        byte[] rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            image.CopyPixelDataTo(rented.AsSpan(0, length));
            return ImageTurn.Apply(rented.AsSpan(0, length), image.Width, image.Height, MLPixelFormat.Bgra32, origin);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Copies an image of ML.NET.</summary>
    /// <exception cref="NotSupportedException">The image has another pixel format than 32-bit BGRA or RGBA.</exception>
    public static Image<TPixel> FromMLImage<TPixel>(MLImage image, bool isPremultiplied)
        where TPixel : unmanaged, IPixel<TPixel> => ImagePixels.ColorType(image) == SKColorType.Bgra8888
            ? Finish<Bgra32, TPixel>(Image.LoadPixelData<Bgra32>(image.Pixels, image.Width, image.Height), isPremultiplied)
            : Finish<Rgba32, TPixel>(Image.LoadPixelData<Rgba32>(image.Pixels, image.Width, image.Height), isPremultiplied);

    private static Image<TPixel> Finish<TStored, TPixel>(Image<TStored> copy, bool isPremultiplied)
        where TStored : unmanaged, IPixel<TStored>
        where TPixel : unmanaged, IPixel<TPixel>
    {
        if (isPremultiplied)
        {
            copy.ProcessPixelRows(static rows =>
            {
                for (int y = 0; y < rows.Height; y++)
                {
                    DivideByAlpha(MemoryMarshal.AsBytes(rows.GetRowSpan(y)));
                }
            });
        }

        if (copy is Image<TPixel> same)
        {
            return same;
        }

        using (copy)
        {
            return copy.CloneAs<TPixel>();
        }
    }

    /// <summary>Divides three colours of each pixel by the fourth byte, its alpha.</summary>
    private static void DivideByAlpha(Span<byte> pixels)
    {
        for (int i = 0; i < pixels.Length; i += 4)
        {
            int alpha = pixels[i + 3];
            for (int channel = i; channel < i + 3 && alpha is > 0 and < 255; channel++)
            {
                pixels[channel] = (byte)Math.Min(255, ((pixels[channel] * 255) + (alpha / 2)) / alpha);
            }
        }
    }
}

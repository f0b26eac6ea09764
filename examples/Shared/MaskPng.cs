using Microsoft.ML.Data;
using SkiaSharp;

namespace Road.Examples;

/// <summary>Writes predicted masks as PNG.</summary>
internal static class MaskPng
{
    // The signature and the header, which comes first.
    private const int HeaderLength = 33;

    // A tEXt chunk, "Software" and "Road prediction", with its length and its checksum.
    private static readonly byte[] Mark =
        [0, 0, 0, 24, .. "tEXtSoftware\0Road prediction"u8, 0x0C, 0x9B, 0xA2, 0xAE];

    /// <summary>Whether a file is one that <see cref="Write(Stream, MLImage)"/> or its twin wrote.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static bool IsOwn(string path)
    {
        byte[] start = new byte[HeaderLength + Mark.Length];
        using FileStream file = File.OpenRead(path);
        return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length
            && start.AsSpan(HeaderLength).SequenceEqual(Mark);
    }

    /// <summary>Writes a mask in the classes' colours.</summary>
    public static void Write(Stream stream, MLImage mask)
    {
        using SKData png = ImageEncoding.Png(mask);
        Write(stream, png.AsSpan());
    }

    /// <summary>Writes the class ids of a mask's pixels as greys.</summary>
    public static void Write(Stream stream, ReadOnlySpan<byte> ids, int width, int height)
    {
        using SKImage image = SKImage.FromPixelCopy(new SKImageInfo(width, height, SKColorType.Gray8, SKAlphaType.Opaque), ids);
        using SKData png = image.Encode(SKEncodedImageFormat.Png, 100);
        Write(stream, png.AsSpan());
    }

    private static void Write(Stream stream, ReadOnlySpan<byte> png)
    {
        stream.Write(png[..HeaderLength]);
        stream.Write(Mark);
        stream.Write(png[HeaderLength..]);
    }
}

using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Microsoft.ML.Data;
using Road.Files;
using SkiaSharp;

namespace Road.MLNet.Data;

/// <summary>
/// Looks at image files beside <c>LoadImages</c>, which opens whatever a path names, takes memory for whatever size a header claims, and
/// leaves blank what is missing at a file's end, so that a broken download would be trained on, or scored, without a word.
/// </summary>
internal static class ImageFile
{
    /// <summary>What messages call such a file.</summary>
    public const string Kind = "image";

    private const int PieceLength = 1 << 16;
    private const int BytesShown = 8;
    private const int CharactersShown = 24;
    private const byte JpegScan = 0xDA;

    private static ReadOnlySpan<byte> PngSignature => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    private static ReadOnlySpan<byte> JpegStart => [0xFF, 0xD8];

    private static ReadOnlySpan<byte> JpegEnd => [0xFF, 0xD9];

    /// <summary>Reads an image's header; null where it is no image. The file stays open.</summary>
    public static SKCodec? OpenHeader(Stream file) => SKCodec.Create(new SKManagedStream(file, disposeManagedStream: false));

    /// <summary>Reads a file's header, and refuses one that is not to be decoded.</summary>
    /// <param name="file">The file, which stays open.</param>
    /// <param name="subject">What messages call it, such as <c>image file 'a.png'</c>.</param>
    /// <param name="maxPixels">The most pixels that it may have.</param>
    /// <exception cref="InvalidDataException">It is no image, or has more pixels; the message says which, with the file's name.</exception>
    public static SKCodec ReadHeader(Stream file, string subject, int maxPixels)
    {
        SKCodec? codec = OpenHeader(file);
        string? fault = codec is null ? DescribeForeign(file) : PixelLimit.FindFault(codec.Info.Width, codec.Info.Height, maxPixels);
        if (fault is null)
        {
            return codec!;
        }

        codec?.Dispose();
        throw new InvalidDataException($"the {subject} cannot be read: {fault}");
    }

    /// <summary>What messages call a file.</summary>
    public static string Subject(string path) => $"image file '{path}'";

    /// <summary>Refuses a file that is not to be decoded, by its header alone.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxPixels">The most pixels that it may have.</param>
    /// <exception cref="InvalidDataException">It is no image, or has more pixels; the message says which, with the file's name.</exception>
    /// <exception cref="IOException">It is missing, no regular file, or cannot be read; the message names it.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read; the message names it.</exception>
    public static void Check(string path, int maxPixels)
    {
        using FileStream file = InputFile.Open(path, Kind);
        ReadHeader(file, Subject(path), maxPixels).Dispose();
    }

    /// <summary>
    /// The same for a text that may name an image file, or may be something else: what is there and would wait for ever, or is an image
    /// of more pixels, is refused, and all else is let pass.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="maxPixels">The most pixels.</param>
    /// <exception cref="InvalidDataException">It is an image of more pixels.</exception>
    /// <exception cref="IOException">It is a pipe, a device or the like, or cannot be read.</exception>
    public static void CheckIfNamed(string text, int maxPixels)
    {
        if (!File.Exists(text))
        {
            return;
        }

        using FileStream file = InputFile.Open(text, Kind);
        using SKCodec? codec = OpenHeader(file);
        if (codec is not null && PixelLimit.FindFault(codec.Info.Width, codec.Info.Height, maxPixels) is { } fault)
        {
            throw new InvalidDataException($"the image file '{text}' cannot be read: {fault}");
        }
    }

    /// <summary>
    /// Whether the PNG or JPEG file that an image comes from is cut off. <c>LoadImages</c> leaves the path in the image's
    /// tag; an image from elsewhere, or of another format, is not.
    /// </summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static bool IsCutOff(MLImage image)
    {
        if (image.Tag is not { Length: > 0 } path || !File.Exists(path))
        {
            return false;
        }

        using FileStream file = InputFile.Open(path, Kind);
        return IsCutOff(file);
    }

    /// <summary>The same for a file that is open, whose position is lost.</summary>
    public static bool IsCutOff(Stream file)
    {
        file.Position = 0;
        Span<byte> start = stackalloc byte[8];
        int count = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (start[..count].SequenceEqual(PngSignature))
        {
            return !PngParts.Read(file).HasEnd;
        }

        if (start[..count].StartsWith(JpegStart))
        {
            file.Position = JpegStart.Length;
            return !HasJpegEnd(file);
        }

        return false;
    }

    /// <summary>What a file is that is no image, from its first bytes. The position is lost.</summary>
    public static string DescribeForeign(Stream file)
    {
        file.Position = 0;
        Span<byte> start = stackalloc byte[CharactersShown];
        start = start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        if (start.IsEmpty)
        {
            return "it is empty";
        }

        if (GitLfsPointer.Begins(start))
        {
            return GitLfsPointer.Description;
        }

        // What a server sends in the place of an image, such as a page that says that it is gone.
        bool isText = start.TrimStart("\uFEFF \t\r\n"u8) is [(byte)'<' or (byte)'{', ..];
        return isText
            ? $"it is no image but text, which begins with '{Encoding.ASCII.GetString(start).Trim().ReplaceLineEndings(" ")}'"
            : $"it is no image that can be decoded; it begins with the bytes "
                + $"{Convert.ToHexString(start[..Math.Min(start.Length, BytesShown)])}";
    }

    private static bool HasJpegEnd(Stream file)
    {
        // Segments before the scan are skipped: the thumbnail in one of them has an end of its own.
        Span<byte> segment = stackalloc byte[4];
        while (file.ReadAtLeast(segment, segment.Length, throwOnEndOfStream: false) == segment.Length && segment[0] == 0xFF)
        {
            if (segment[1] == JpegScan)
            {
                return HasJpegEndMarker(file);
            }

            file.Position += BinaryPrimitives.ReadUInt16BigEndian(segment[2..]) - 2;
        }

        // Nothing to go by, and a decoder that took it has judged it.
        return true;
    }

    private static bool HasJpegEndMarker(Stream file)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(PieceLength);
        try
        {
            bool half = false;
            for (int count = file.Read(buffer); count > 0; count = file.Read(buffer))
            {
                ReadOnlySpan<byte> piece = buffer.AsSpan(0, count);
                if ((half && piece[0] == JpegEnd[1]) || piece.IndexOf(JpegEnd) >= 0)
                {
                    return true;
                }

                half = piece[^1] == JpegEnd[0];
            }

            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

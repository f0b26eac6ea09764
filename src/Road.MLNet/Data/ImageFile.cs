using System.Buffers;
using System.Buffers.Binary;
using Microsoft.ML.Data;

namespace Road.MLNet.Data;

/// <summary>
/// Finds image files that end before their image does. The decoder under <c>LoadImages</c> takes them and leaves the rest
/// blank, so that a broken download would be trained on, or scored, without a word.
/// </summary>
internal static class ImageFile
{
    private const int PieceLength = 1 << 16;
    private const byte JpegScan = 0xDA;

    private static ReadOnlySpan<byte> PngSignature => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    private static ReadOnlySpan<byte> JpegStart => [0xFF, 0xD8];

    private static ReadOnlySpan<byte> JpegEnd => [0xFF, 0xD9];

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

        using FileStream file = File.OpenRead(path);
        Span<byte> start = stackalloc byte[8];
        int count = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (start[..count].SequenceEqual(PngSignature))
        {
            return !HasPngEnd(file);
        }

        if (start[..count].StartsWith(JpegStart))
        {
            file.Position = JpegStart.Length;
            return !HasJpegEnd(file);
        }

        return false;
    }

    private static bool HasPngEnd(FileStream file)
    {
        Span<byte> chunk = stackalloc byte[8];
        while (file.ReadAtLeast(chunk, chunk.Length, throwOnEndOfStream: false) == chunk.Length)
        {
            if (chunk[4..].SequenceEqual("IEND"u8))
            {
                return true;
            }

            // The content, and its checksum.
            file.Position += BinaryPrimitives.ReadUInt32BigEndian(chunk) + 4L;
        }

        return false;
    }

    private static bool HasJpegEnd(FileStream file)
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

    private static bool HasJpegEndMarker(FileStream file)
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

using System.Buffers.Binary;
using SkiaSharp;

namespace Road.MLNet.Data;

/// <summary>The orientation that a PNG file states in its <c>eXIf</c> chunk, which Skia passes over.</summary>
internal static class PngOrientation
{
    private const int OrientationTag = 0x0112;
    private const int EntryLength = 12;
    private const ushort Short = 3;
    private const ushort Long = 4;

    // The chunk holds a whole directory of metadata, but the orientation stands in the first one.
    private const int LongestRead = 1 << 16;

    /// <summary>Reads it.</summary>
    /// <param name="file">The file; its position stays.</param>
    /// <param name="parts">What the file holds.</param>
    /// <returns>The orientation; the usual one where there is none, or where what is there makes no sense.</returns>
    public static SKEncodedOrigin Read(Stream file, PngParts parts)
    {
        if (parts.Exif is not { } chunk)
        {
            return SKEncodedOrigin.TopLeft;
        }

        byte[] exif = new byte[Math.Min(chunk.Length, LongestRead)];
        long before = file.Position;
        int count = PngParts.ReadAt(file, exif, chunk.Place);
        file.Position = before;
        return Parse(exif.AsSpan(0, count));
    }

    /// <summary>The orientation in the first directory of a TIFF header, as EXIF has it.</summary>
    private static SKEncodedOrigin Parse(ReadOnlySpan<byte> exif)
    {
        bool isLittle = exif.StartsWith("II"u8);
        if (exif.Length < 8 || !(isLittle || exif.StartsWith("MM"u8)))
        {
            return SKEncodedOrigin.TopLeft;
        }

        uint directory = Number32(exif[4..]);
        if (directory > exif.Length - 2)
        {
            return SKEncodedOrigin.TopLeft;
        }

        ReadOnlySpan<byte> entries = exif[((int)directory + 2)..];
        int count = Math.Min(Number16(exif[(int)directory..]), entries.Length / EntryLength);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> entry = entries.Slice(i * EntryLength, EntryLength);
            if (Number16(entry) == OrientationTag)
            {
                uint value = Number16(entry[2..]) switch
                {
                    Short => Number16(entry[8..]),
                    Long => Number32(entry[8..]),
                    _ => 0,
                };
                return value is >= 1 and <= 8 ? (SKEncodedOrigin)value : SKEncodedOrigin.TopLeft;
            }
        }

        return SKEncodedOrigin.TopLeft;

        ushort Number16(ReadOnlySpan<byte> bytes) =>
            isLittle ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);
        uint Number32(ReadOnlySpan<byte> bytes) =>
            isLittle ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }
}

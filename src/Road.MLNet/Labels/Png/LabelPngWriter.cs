using System.Buffers.Binary;
using System.IO.Compression;
using System.Numerics.Tensors;

namespace Road.MLNet.Data;

/// <summary>Writes indexed PNG files, which Skia does not: numbers for programs, in the palette's colours for people.</summary>
internal static class LabelPngWriter
{
    private const byte BitDepth = 8;
    private const byte Up = 2;

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    // Who writes masks over those of an earlier run can tell by it, right behind the header, that they are no one else's.
    private static ReadOnlySpan<byte> Mark => "Software\0Road prediction"u8;

    /// <summary>Writes a file.</summary>
    /// <param name="stream">Where to; it stays open.</param>
    /// <param name="indices">Row-major indices, each below the palette's length.</param>
    /// <param name="width">The width in pixels.</param>
    /// <param name="height">The height in pixels.</param>
    /// <param name="palette">R, G, B of 1 to 256 indices.</param>
    public static void Write(Stream stream, ReadOnlySpan<byte> indices, int width, int height, ReadOnlySpan<byte> palette)
    {
        Span<byte> header = stackalloc byte[13];
        header.Clear();
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        header[8] = BitDepth;
        header[9] = (byte)PngColorType.Palette;
        stream.Write(Signature);
        WriteChunk(stream, "IHDR"u8, header);
        WriteChunk(stream, "tEXt"u8, Mark);
        WriteChunk(stream, "PLTE"u8, palette);
        using MemoryStream data = new();
        Compress(data, indices, width);
        WriteChunk(stream, "IDAT"u8, data.GetBuffer().AsSpan(0, (int)data.Length));
        WriteChunk(stream, "IEND"u8, []);
    }

    /// <summary>Each row as what it adds to the one above: rows of masks are mostly alike, and become zeros.</summary>
    private static void Compress(MemoryStream data, ReadOnlySpan<byte> indices, int width)
    {
        using ZLibStream compressed = new(data, CompressionLevel.Optimal, leaveOpen: true);
        byte[] row = new byte[1 + width];
        row[0] = Up;
        ReadOnlySpan<byte> above = new byte[width];
        for (int start = 0; start < indices.Length; start += width)
        {
            ReadOnlySpan<byte> current = indices.Slice(start, width);
            TensorPrimitives.Subtract(current, above, row.AsSpan(1));
            compressed.Write(row);
            above = current;
        }
    }

    private static void WriteChunk(Stream stream, ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        stream.Write(number);
        stream.Write(type);
        stream.Write(content);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.Append(Crc32.Compute(type), content));
        stream.Write(number);
    }
}

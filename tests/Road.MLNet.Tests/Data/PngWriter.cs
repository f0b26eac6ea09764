using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Road.MLNet.Tests.Data;

/// <summary>Writes PNG files of every form from raw samples, with a filter of the test's choice on each row.</summary>
internal sealed class PngWriter
{
    public required int Width { get; init; }

    public required int Height { get; init; }

    public int BitDepth { get; init; } = 8;

    public int ColorType { get; init; }

    public bool Interlaced { get; init; }

    public byte[]? Palette { get; init; }

    /// <summary>The filter of each row, counted over all passes.</summary>
    public Func<int, int> Filter { get; init; } = _ => 0;

    public int ChunkSize { get; init; } = int.MaxValue;

    public int SamplesPerPixel => ColorType switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };

    /// <summary>A grey 8-bit file, or any form of 8 bits by its colour type.</summary>
    public static byte[] Write(int width, int height, byte[] samples, int colorType = 0, byte[]? palette = null) =>
        new PngWriter { Width = width, Height = height, ColorType = colorType, Palette = palette }
            .Encode([.. samples.Select(value => (ushort)value)]);

    public static byte[] Chunk(string type, ReadOnlySpan<byte> content)
    {
        var chunk = new byte[content.Length + 12];
        BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
        Encoding.ASCII.GetBytes(type).CopyTo(chunk, 4);
        content.CopyTo(chunk.AsSpan(8));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + content.Length), SlowCrc(chunk.AsSpan(4, 4 + content.Length)));
        return chunk;
    }

    public static byte[] Deflate(byte[] raw)
    {
        using var output = new MemoryStream();
        using (var stream = new ZLibStream(output, CompressionLevel.Optimal, leaveOpen: true))
        {
            stream.Write(raw);
        }

        return output.ToArray();
    }

    public byte[] Header()
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), Height);
        header[8] = (byte)BitDepth;
        header[9] = (byte)ColorType;
        header[12] = Interlaced ? (byte)1 : (byte)0;
        return header;
    }

    public byte[] Encode(ushort[] samples) => Assemble(Deflate(FilteredRows(samples)));

    /// <summary>A whole file around compressed data of the test's own.</summary>
    public byte[] Assemble(byte[] compressed)
    {
        List<byte> file = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, .. Chunk("IHDR", Header())];
        file.AddRange(Chunk("tEXt", "Comment\0of a test"u8));
        if (Palette is not null)
        {
            file.AddRange(Chunk("PLTE", Palette));
        }

        for (int start = 0; start < compressed.Length; start += Math.Min(ChunkSize, compressed.Length - start))
        {
            file.AddRange(Chunk("IDAT", compressed.AsSpan(start, Math.Min(ChunkSize, compressed.Length - start))));
        }

        file.AddRange(Chunk("IEND", []));
        return [.. file];
    }

    public byte[] FilteredRows(ushort[] samples)
    {
        var output = new List<byte>();
        int rowNumber = 0;
        foreach ((int x0, int y0, int dx, int dy) in Interlaced
            ? new[] { (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2) }
            : [(0, 0, 1, 1)])
        {
            byte[]? above = null;
            for (int y = y0; y < Height; y += dy)
            {
                byte[] row = Pack(samples, x0, y, dx);
                if (row.Length > 0)
                {
                    int filter = Filter(rowNumber++);
                    output.Add((byte)filter);
                    output.AddRange(Apply(filter, row, above ?? new byte[row.Length]));
                    above = row;
                }
            }
        }

        return [.. output];
    }

    private byte[] Pack(ushort[] samples, int x0, int y, int dx)
    {
        var bits = new List<bool>();
        for (int x = x0; x < Width; x += dx)
        {
            for (int s = 0; s < SamplesPerPixel; s++)
            {
                ushort value = samples[(((y * Width) + x) * SamplesPerPixel) + s];
                for (int bit = BitDepth - 1; bit >= 0; bit--)
                {
                    bits.Add(((value >> bit) & 1) != 0);
                }
            }
        }

        var row = new byte[(bits.Count + 7) / 8];
        for (int i = 0; i < bits.Count; i++)
        {
            row[i / 8] |= (byte)(bits[i] ? 0x80 >> (i % 8) : 0);
        }

        return row;
    }

    private byte[] Apply(int filter, byte[] row, byte[] above)
    {
        int stride = Math.Max(1, SamplesPerPixel * BitDepth / 8);
        var filtered = new byte[row.Length];
        for (int i = 0; i < row.Length; i++)
        {
            int a = i >= stride ? row[i - stride] : 0;
            int b = above[i];
            int c = i >= stride ? above[i - stride] : 0;
            int predicted = filter switch { 1 => a, 2 => b, 3 => (a + b) / 2, 4 => Paeth(a, b, c), _ => 0 };
            filtered[i] = (byte)(row[i] - predicted);
        }

        return filtered;
    }

    private static int Paeth(int a, int b, int c) =>
        new[] { a, b, c }.MinBy(candidate => Math.Abs(a + b - c - candidate));

    private static uint SlowCrc(ReadOnlySpan<byte> data)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in data)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
            }
        }

        return ~crc;
    }
}

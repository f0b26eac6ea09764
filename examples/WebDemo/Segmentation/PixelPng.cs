using System.Buffers.Binary;
using System.IO.Compression;
using Road.MLNet;
using Road.MLNet.Data;

namespace WebDemo.Segmentation;

/// <summary>Writes PNG files whose values are exact: Skia writes no palettes.</summary>
internal static class PixelPng
{
    private const byte Rgb = 2;
    private const byte Indexed = 3;

    /// <summary>A value a pixel, each with a colour: viewers show the colours, and programs read the values.</summary>
    /// <param name="ids">The values, row-major, each below the number of colours.</param>
    /// <param name="width">The width in pixels.</param>
    /// <param name="colors">The colours of the values, 1 to 256.</param>
    public static byte[] Encode(byte[] ids, int width, IReadOnlyList<RgbColor> colors) =>
        Encode(ids, width, Indexed, [.. colors.SelectMany(static color => new[] { color.Red, color.Green, color.Blue })]);

    /// <summary>Three values a pixel: the class, its confidence and 0, as red, green and blue.</summary>
    public static byte[] Encode(SegmentedPixels pixels)
    {
        byte[] samples = new byte[3 * pixels.Ids.Length];
        for (int i = 0; i < pixels.Ids.Length; i++)
        {
            samples[3 * i] = pixels.Ids[i];
            samples[(3 * i) + 1] = pixels.Confidences[i];
        }

        return Encode(samples, pixels.Width, Rgb, null);
    }

    private static byte[] Encode(byte[] samples, int width, byte colorType, byte[]? palette)
    {
        int stride = width * (colorType == Rgb ? 3 : 1);
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), samples.Length / stride);
        header[8] = 8;
        header[9] = colorType;

        using MemoryStream file = new();
        file.Write([0x89, .. "PNG\r\n"u8, 0x1A, (byte)'\n']);
        WriteChunk(file, "IHDR"u8, header);
        if (palette is not null)
        {
            WriteChunk(file, "PLTE"u8, palette);
        }

        using MemoryStream data = new();
        using (ZLibStream compressed = new(data, CompressionLevel.Fastest, leaveOpen: true))
        {
            for (int start = 0; start < samples.Length; start += stride)
            {
                // No filter: areas of one class are runs of one value as they are.
                compressed.WriteByte(0);
                compressed.Write(samples, start, stride);
            }
        }

        WriteChunk(file, "IDAT"u8, data.GetBuffer().AsSpan(0, (int)data.Length));
        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static void WriteChunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        file.Write(number);
        file.Write(type);
        file.Write(content);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.Append(Crc32.Compute(type), content));
        file.Write(number);
    }
}

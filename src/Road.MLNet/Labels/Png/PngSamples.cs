using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Road.MLNet.Data;

/// <summary>Turns a plain PNG row into samples at their places in the full image.</summary>
internal static class PngSamples
{
    /// <summary>Unpacks a row of 1 to 8 bits a sample.</summary>
    /// <param name="row">The plain row.</param>
    /// <param name="output">The full image's samples, from the row's first pixel on.</param>
    /// <param name="header">The sample format.</param>
    /// <param name="pass">The pass that the row belongs to.</param>
    public static void Unpack(ReadOnlySpan<byte> row, Span<byte> output, PngHeader header, PngPass pass)
    {
        int samples = header.SamplesPerPixel;
        if (header.BitDepth < 8)
        {
            // Below 8 bits a pixel is one sample; the leftmost lies in the highest bits.
            int depth = header.BitDepth;
            int perByte = 8 / depth;
            int mask = (1 << depth) - 1;
            for (int x = 0; x < pass.Width; x++)
            {
                int shift = 8 - (depth * ((x % perByte) + 1));
                output[x * pass.StepX] = (byte)((row[x / perByte] >> shift) & mask);
            }
        }
        else if (pass.StepX == 1)
        {
            row.CopyTo(output);
        }
        else
        {
            for (int x = 0; x < pass.Width; x++)
            {
                row.Slice(x * samples, samples).CopyTo(output[(x * pass.StepX * samples)..]);
            }
        }
    }

    /// <summary>Unpacks a row of 16 bits a sample, which PNG stores with the high byte first.</summary>
    public static void Unpack16(ReadOnlySpan<byte> row, Span<ushort> output, int samples, PngPass pass)
    {
        if (pass.StepX == 1 && BitConverter.IsLittleEndian)
        {
            ReadOnlySpan<ushort> swapped = MemoryMarshal.Cast<byte, ushort>(row);
            BinaryPrimitives.ReverseEndianness(swapped, output[..swapped.Length]);
            return;
        }

        for (int x = 0; x < pass.Width; x++)
        {
            for (int s = 0; s < samples; s++)
            {
                output[(x * pass.StepX * samples) + s] = BinaryPrimitives.ReadUInt16BigEndian(row[(2 * ((x * samples) + s))..]);
            }
        }
    }
}

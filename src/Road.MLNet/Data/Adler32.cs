using System.Runtime.Intrinsics;

namespace Road.MLNet.Data;

/// <summary>The checksum at the end of a zlib stream (RFC 1950, section 8.2), sixteen bytes at a time.</summary>
internal static class Adler32
{
    private const uint Modulus = 65521;

    // The longest run of bytes after which neither sum has left 32 bits, cut to whole blocks.
    private const int RunLength = 5552;

    /// <summary>Computes the checksum of <paramref name="data"/>.</summary>
    public static uint Compute(ReadOnlySpan<byte> data)
    {
        uint sum = 1, sumOfSums = 0;
        while (!data.IsEmpty)
        {
            ReadOnlySpan<byte> run = data[..Math.Min(RunLength, data.Length)];
            AddBlocks(run, ref sum, ref sumOfSums);
            foreach (byte value in run[(run.Length & ~15)..])
            {
                sum += value;
                sumOfSums += sum;
            }

            sum %= Modulus;
            sumOfSums %= Modulus;
            data = data[run.Length..];
        }

        return sumOfSums << 16 | sum;
    }

    private static void AddBlocks(ReadOnlySpan<byte> run, ref uint sum, ref uint sumOfSums)
    {
        // A block's i-th byte is counted 16 - i times in the sum of sums, and everything before the block 16 times.
        Vector128<ushort> weightsLow = Vector128.Create((ushort)16, 15, 14, 13, 12, 11, 10, 9);
        Vector128<ushort> weightsHigh = Vector128.Create((ushort)8, 7, 6, 5, 4, 3, 2, 1);
        Vector128<uint> plain = default, weighted = default, before = default;
        int blocks = run.Length / 16;
        for (int i = 0; i < blocks; i++)
        {
            (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(Vector128.Create(run.Slice(16 * i, 16)));
            before += plain;
            (Vector128<uint> first, Vector128<uint> second) = Vector128.Widen(low + high);
            plain += first + second;
            (first, second) = Vector128.Widen((low * weightsLow) + (high * weightsHigh));
            weighted += first + second;
        }

        sumOfSums += (16 * (uint)blocks * sum) + Vector128.Sum(weighted) + (16 * Vector128.Sum(before));
        sum += Vector128.Sum(plain);
    }
}

using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Road.MLNet.Data;

/// <summary>The checksum at the end of a zlib stream (RFC 1950, section 8.2), a vector at a time.</summary>
internal static class Adler32
{
    /// <summary>The checksum of no data, from which <see cref="Append"/> goes on.</summary>
    public const uint Start = 1;

    private const uint Modulus = 65521;

    // The longest run of bytes after which neither sum has left 32 bits, 5552, cut to whole vectors.
    private const int RunLength = 5536;

    /// <summary>Computes the checksum of <paramref name="data"/>.</summary>
    public static uint Compute(ReadOnlySpan<byte> data) => Append(Start, data);

    /// <summary>Computes the checksum of data of which the part before <paramref name="data"/> has <paramref name="checksum"/>.</summary>
    public static uint Append(uint checksum, ReadOnlySpan<byte> data)
    {
        uint sum = checksum & 0xFFFF, sumOfSums = checksum >> 16;
        while (!data.IsEmpty)
        {
            ReadOnlySpan<byte> run = data[..Math.Min(RunLength, data.Length)];
            int done = Avx2.IsSupported ? AddBlocksOf32(run, ref sum, ref sumOfSums) : AddBlocksOf16(run, ref sum, ref sumOfSums);
            foreach (byte value in run[done..])
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

    // Of a block of n bytes, the i-th is counted n - i times in the sum of sums, and everything before the block n times.
    private static int AddBlocksOf32(ReadOnlySpan<byte> run, ref uint sum, ref uint sumOfSums)
    {
        Vector256<sbyte> weights = Vector256.Create(
            (sbyte)32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1);
        Vector256<uint> plain = default, weighted = default, before = default;
        int blocks = run.Length / 32;
        for (int i = 0; i < blocks; i++)
        {
            Vector256<byte> block = Vector256.Create(run.Slice(32 * i, 32));
            before += plain;
            plain += Avx2.SumAbsoluteDifferences(block, Vector256<byte>.Zero).AsUInt32();
            weighted += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(block, weights), Vector256<short>.One).AsUInt32();
        }

        sumOfSums += (32 * (uint)blocks * sum) + Vector256.Sum(weighted) + (32 * Vector256.Sum(before));
        sum += Vector256.Sum(plain);
        return 32 * blocks;
    }

    private static int AddBlocksOf16(ReadOnlySpan<byte> run, ref uint sum, ref uint sumOfSums)
    {
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
        return 16 * blocks;
    }
}

using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Road.MLNet.Data;

/// <summary>PNG's five row filters, undone (PNG specification, section 9).</summary>
internal static class PngFilter
{
    // Of these indices, sixteen from 16 - n on shift a vector by n bytes and fill with zeros.
    private static ReadOnlySpan<byte> Shifts =>
    [
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
        11, 12, 13, 14, 15,
    ];

    /// <summary>Undoes a row's filter.</summary>
    /// <param name="filter">The filter's number, 0 to 4.</param>
    /// <param name="row">The filtered row.</param>
    /// <param name="above">The plain row above, of the same length; empty for the first row of a pass.</param>
    /// <param name="plain">Receives the plain row, of the same length; overlaps neither of the others.</param>
    /// <param name="stride">The distance in bytes to the pixel on the left, 1 to 8.</param>
    /// <returns>Whether the filter's number is one of PNG's.</returns>
    public static bool TryUndo(int filter, ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, Span<byte> plain, int stride)
    {
        switch (filter)
        {
            case 0:
            case 2 when above.IsEmpty:
                row.CopyTo(plain);
                return true;
            case 1:
            case 4 when above.IsEmpty:
                // With nothing above, Paeth's predictor is the left neighbour.
                UndoSub(row, plain, stride);
                return true;
            case 2:
                UndoUp(row, above, plain);
                return true;
            case 3:
                UndoAverage(row, above, plain, stride);
                return true;
            case 4:
                UndoPaeth(row, above, plain, stride);
                return true;
            default:
                return false;
        }
    }

    private static void UndoSub(ReadOnlySpan<byte> row, Span<byte> plain, int stride)
    {
        // As many whole pixels as a vector holds: sums within it by shifting and adding, then its left neighbour to all.
        int step = Vector128<byte>.Count / stride * stride;
        Span<byte> lastPixel = stackalloc byte[Vector128<byte>.Count];
        for (int k = 0; k < lastPixel.Length; k++)
        {
            lastPixel[k] = (byte)(step - stride + (k % stride));
        }

        Vector128<byte> last = Vector128.Create<byte>(lastPixel);
        Vector128<byte> left = default;
        int i = 0;
        for (; i + Vector128<byte>.Count <= row.Length; i += step)
        {
            Vector128<byte> sums = Vector128.Create(row.Slice(i, Vector128<byte>.Count));
            for (int shift = stride; shift < step; shift *= 2)
            {
                sums += Vector128.ShuffleNative(sums, Vector128.Create(Shifts.Slice(16 - shift, 16)));
            }

            sums += left;

            // What follows the last whole pixel is overwritten by the next vector or by the rest below.
            sums.CopyTo(plain[i..]);
            left = Vector128.ShuffleNative(sums, last);
        }

        for (; i < row.Length; i++)
        {
            plain[i] = (byte)(row[i] + (i < stride ? 0 : plain[i - stride]));
        }
    }

    private static void UndoUp(ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, Span<byte> plain)
    {
        ReadOnlySpan<Vector<byte>> rows = MemoryMarshal.Cast<byte, Vector<byte>>(row);
        ReadOnlySpan<Vector<byte>> aboves = MemoryMarshal.Cast<byte, Vector<byte>>(above)[..rows.Length];
        Span<Vector<byte>> plains = MemoryMarshal.Cast<byte, Vector<byte>>(plain)[..rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            plains[i] = rows[i] + aboves[i];
        }

        for (int i = rows.Length * Vector<byte>.Count; i < row.Length; i++)
        {
            plain[i] = (byte)(row[i] + above[i]);
        }
    }

    private static void UndoAverage(ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, Span<byte> plain, int stride)
    {
        // Eight bytes at a time, of which a pixel's are right; the next pixel overwrites the others.
        const ulong Sevens = 0x7F7F7F7F7F7F7F7F;
        ulong left = 0;
        int i = 0;
        for (; !above.IsEmpty && i + sizeof(ulong) <= row.Length; i += stride)
        {
            ulong up = BinaryPrimitives.ReadUInt64LittleEndian(above[i..]);
            ulong difference = BinaryPrimitives.ReadUInt64LittleEndian(row[i..]);
            ulong mean = (left & up) + (((left ^ up) >> 1) & Sevens);
            left = ((mean & Sevens) + (difference & Sevens)) ^ ((mean ^ difference) & ~Sevens);
            BinaryPrimitives.WriteUInt64LittleEndian(plain[i..], left);
        }

        for (; i < row.Length; i++)
        {
            int before = i < stride ? 0 : plain[i - stride];
            int up = above.IsEmpty ? 0 : above[i];
            plain[i] = (byte)(row[i] + ((before + up) >> 1));
        }
    }

    private static void UndoPaeth(ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, Span<byte> plain, int stride)
    {
        for (int i = 0; i < stride && i < row.Length; i++)
        {
            plain[i] = (byte)(row[i] + above[i]);
        }

        ReadOnlySpan<byte> lefts = plain, corners = above[..row.Length];
        for (int i = stride; i < row.Length; i++)
        {
            // Where the left pixel is the one above it, the prediction is the pixel above; and where nothing is added to
            // that, the same holds for the next pixel. So a run of zeros, which is most of a label mask, is a copy.
            int left = lefts[i - stride];
            int corner = corners[i - stride];
            if (row[i] == 0 && left == corner
                && (stride == 1 || lefts.Slice(i - stride, stride).SequenceEqual(corners.Slice(i - stride, stride))))
            {
                int run = ZeroRun(row[i..]);
                above.Slice(i, run).CopyTo(plain[i..]);
                i += run - 1;
                continue;
            }

            int up = above[i];
            int fromLeft = Math.Abs(up - corner);
            int fromUp = Math.Abs(left - corner);
            int fromCorner = Math.Abs(left + up - corner - corner);
            int predicted = fromUp <= fromCorner ? up : corner;
            predicted = fromLeft <= Math.Min(fromUp, fromCorner) ? left : predicted;
            plain[i] = (byte)(row[i] + predicted);
        }
    }

    private static int ZeroRun(ReadOnlySpan<byte> row)
    {
        int length = row.IndexOfAnyExcept((byte)0);
        return length < 0 ? row.Length : length;
    }
}

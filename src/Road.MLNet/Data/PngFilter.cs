using System.Numerics;
using System.Runtime.InteropServices;

namespace Road.MLNet.Data;

/// <summary>PNG's five row filters, undone in place (PNG specification, section 9).</summary>
internal static class PngFilter
{
    /// <summary>Undoes a row's filter.</summary>
    /// <param name="filter">The filter's number, 0 to 4.</param>
    /// <param name="row">The filtered row; afterwards the plain one.</param>
    /// <param name="above">The plain row above, of the same length; empty for the first row of a pass.</param>
    /// <param name="stride">The distance in bytes to the pixel on the left.</param>
    /// <returns>Whether the filter's number is one of PNG's.</returns>
    public static bool TryUndo(int filter, Span<byte> row, ReadOnlySpan<byte> above, int stride)
    {
        switch (filter)
        {
            case 0:
                return true;
            case 1:
                UndoSub(row, stride);
                return true;
            case 2:
                if (!above.IsEmpty)
                {
                    UndoUp(row, above);
                }

                return true;
            case 3:
                UndoAverage(row, above, stride);
                return true;
            case 4 when above.IsEmpty:
                // With nothing above, Paeth's predictor is the left neighbour.
                UndoSub(row, stride);
                return true;
            case 4:
                UndoPaeth(row, above, stride);
                return true;
            default:
                return false;
        }
    }

    private static void UndoSub(Span<byte> row, int stride)
    {
        if (stride == 1)
        {
            byte left = 0;
            for (int i = 0; i < row.Length;)
            {
                if (row[i] == 0)
                {
                    // Within one class every difference is 0.
                    int run = ZeroRun(row[i..]);
                    row.Slice(i, run).Fill(left);
                    i += run;
                }
                else
                {
                    left += row[i];
                    row[i++] = left;
                }
            }

            return;
        }

        for (int i = stride; i < row.Length; i++)
        {
            row[i] += row[i - stride];
        }
    }

    private static void UndoUp(Span<byte> row, ReadOnlySpan<byte> above)
    {
        Span<Vector<byte>> rows = MemoryMarshal.Cast<byte, Vector<byte>>(row);
        ReadOnlySpan<Vector<byte>> aboves = MemoryMarshal.Cast<byte, Vector<byte>>(above);
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] += aboves[i];
        }

        for (int i = rows.Length * Vector<byte>.Count; i < row.Length; i++)
        {
            row[i] += above[i];
        }
    }

    private static void UndoAverage(Span<byte> row, ReadOnlySpan<byte> above, int stride)
    {
        for (int i = 0; i < row.Length; i++)
        {
            int left = i < stride ? 0 : row[i - stride];
            int up = above.IsEmpty ? 0 : above[i];
            row[i] += (byte)((left + up) >> 1);
        }
    }

    private static void UndoPaeth(Span<byte> row, ReadOnlySpan<byte> above, int stride)
    {
        for (int i = 0; i < stride && i < row.Length; i++)
        {
            row[i] += above[i];
        }

        for (int i = stride; i < row.Length; i++)
        {
            // Where the left pixel is the one above it, the prediction is the pixel above; and where nothing is added to
            // that, the same holds for the next pixel. So a run of zeros, which is most of a label mask, is a copy.
            if (row[i] == 0 && row.Slice(i - stride, stride).SequenceEqual(above.Slice(i - stride, stride)))
            {
                int run = ZeroRun(row[i..]);
                above.Slice(i, run).CopyTo(row[i..]);
                i += run - 1;
                continue;
            }

            int left = row[i - stride];
            int up = above[i];
            int corner = above[i - stride];
            int fromLeft = Math.Abs(up - corner);
            int fromUp = Math.Abs(left - corner);
            int fromCorner = Math.Abs(left + up - corner - corner);
            int predicted = fromLeft <= fromUp && fromLeft <= fromCorner ? left : fromUp <= fromCorner ? up : corner;
            row[i] += (byte)predicted;
        }
    }

    private static int ZeroRun(ReadOnlySpan<byte> row)
    {
        int length = row.IndexOfAnyExcept((byte)0);
        return length < 0 ? row.Length : length;
    }
}

using System.Numerics;
using System.Runtime.InteropServices;

namespace Road.Torch.Scoring;

/// <summary>
/// Bilinear upsampling of logits and the choice of the best class in one pass over the output's rows. torch's own two
/// steps write K x H x W values and read them back, which on a CPU takes a third of a small network's time.
/// </summary>
internal static class BilinearArgmax
{
    /// <summary>Chooses the class of each output pixel.</summary>
    /// <param name="logits">Row-major <c>K x h x w</c>.</param>
    /// <param name="classCount">K, 2 to 254.</param>
    /// <param name="height">h.</param>
    /// <param name="width">w.</param>
    /// <param name="outputHeight">H.</param>
    /// <param name="outputWidth">W.</param>
    /// <param name="confidences">
    /// Receives the largest class probability of each output pixel, <c>H x W</c>: the softmax of the interpolated logits. Empty for none.
    /// </param>
    /// <param name="areProbabilities">Whether the logits are probabilities already, so that the largest is the confidence.</param>
    /// <returns>
    /// <c>H x W</c> class indices; of equal logits the first. Pixel centres coincide, as in torch's interpolation
    /// without aligned corners.
    /// </returns>
    public static byte[] Choose(
        ReadOnlySpan<float> logits, int classCount, int height, int width, int outputHeight, int outputWidth,
        Span<float> confidences = default, bool areProbabilities = false)
    {
        byte[] labels = new byte[outputHeight * outputWidth];
        float[] weights = new float[outputWidth + Vector<float>.Count];
        Interval[] intervals = FindIntervals(width, outputWidth, weights);
        float[] blended = new float[classCount * width];
        int[] index = new int[weights.Length];
        float[] sure = confidences.IsEmpty ? [] : new float[weights.Length];
        for (int y = 0; y < outputHeight; y++)
        {
            (int above, int below, float weight) = Neighbours(y, height, outputHeight);
            for (int k = 0; k < classCount; k++)
            {
                ReadOnlySpan<float> plane = logits.Slice(k * height * width, height * width);
                Blend(plane.Slice(above * width, width), plane.Slice(below * width, width), weight, blended.AsSpan(k * width, width));
            }

            ChooseColumns(blended, width, intervals, weights, index, sure, areProbabilities);
            if (sure.Length > 0)
            {
                sure.AsSpan(0, outputWidth).CopyTo(confidences.Slice(y * outputWidth, outputWidth));
            }

            Span<byte> row = labels.AsSpan(y * outputWidth, outputWidth);
            for (int x = 0; x < row.Length; x++)
            {
                row[x] = (byte)index[x];
            }
        }

        return labels;
    }

    /// <summary>The two cells around an output position along one axis, and how far it lies towards the second, 0 to 1.</summary>
    public static (int First, int Second, float Weight) Neighbours(int position, int size, int outputSize)
    {
        float source = Math.Max(0, ((position + 0.5f) * ((float)size / outputSize)) - 0.5f);
        int first = Math.Min((int)source, size - 1);
        return (first, Math.Min(first + 1, size - 1), source - first);
    }

    /// <summary>Groups the columns of an output row by the cells that they lie between, and gives each column's weight.</summary>
    private static Interval[] FindIntervals(int width, int outputWidth, float[] weights)
    {
        List<Interval> intervals = [];
        for (int x = 0; x < outputWidth; x++)
        {
            (int left, int right, weights[x]) = Neighbours(x, width, outputWidth);
            if (intervals.Count > 0 && (intervals[^1].Left, intervals[^1].Right) == (left, right))
            {
                intervals[^1] = intervals[^1] with { End = x + 1 };
            }
            else
            {
                intervals.Add(new Interval(x, x + 1, left, right));
            }
        }

        return [.. intervals];
    }

    private static void Blend(ReadOnlySpan<float> above, ReadOnlySpan<float> below, float weight, Span<float> destination)
    {
        ReadOnlySpan<Vector<float>> first = MemoryMarshal.Cast<float, Vector<float>>(above);
        ReadOnlySpan<Vector<float>> second = MemoryMarshal.Cast<float, Vector<float>>(below);
        Span<Vector<float>> result = MemoryMarshal.Cast<float, Vector<float>>(destination);
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = first[i] + ((second[i] - first[i]) * weight);
        }

        for (int i = result.Length * Vector<float>.Count; i < destination.Length; i++)
        {
            destination[i] = above[i] + ((below[i] - above[i]) * weight);
        }
    }

    /// <summary>
    /// Interpolates along a row and chooses the class of each column. A vector may spill over an interval's end, where the next
    /// one, or nobody, reads.
    /// </summary>
    private static void ChooseColumns(
        ReadOnlySpan<float> cells, int width, ReadOnlySpan<Interval> intervals, ReadOnlySpan<float> weights, Span<int> index,
        Span<float> sure, bool areProbabilities)
    {
        foreach (Interval interval in intervals)
        {
            for (int x = interval.Start; x < interval.End; x += Vector<float>.Count)
            {
                Vector<float> weight = new(weights[x..]);
                Vector<float> best = new(float.NegativeInfinity);
                Vector<int> chosen = Vector<int>.Zero;
                int candidate = 0;
                for (int k = 0; k < cells.Length; k += width)
                {
                    Vector<float> value = Value(cells, k, interval, weight);
                    Vector<int> better = Vector.GreaterThan(value, best);
                    best = Vector.ConditionalSelect(better, value, best);
                    chosen = Vector.ConditionalSelect(better, new Vector<int>(candidate++), chosen);
                }

                chosen.CopyTo(index[x..]);
                if (sure.Length > 0)
                {
                    (areProbabilities ? best : Confidence(cells, width, interval, weight, best)).CopyTo(sure[x..]);
                }
            }
        }
    }

    private static Vector<float> Value(ReadOnlySpan<float> cells, int k, Interval interval, Vector<float> weight)
    {
        float left = cells[k + interval.Left];
        return new Vector<float>(left) + (new Vector<float>(cells[k + interval.Right] - left) * weight);
    }

    /// <summary>The probability of the best class by the softmax over all: 1 over the sum of what the others are to it.</summary>
    private static Vector<float> Confidence(
        ReadOnlySpan<float> cells, int width, Interval interval, Vector<float> weight, Vector<float> best)
    {
        Vector<float> sum = Vector<float>.Zero;
        for (int k = 0; k < cells.Length; k += width)
        {
            sum += Vector.Exp(Value(cells, k, interval, weight) - best);
        }

        return Vector<float>.One / sum;
    }

    /// <summary>Columns of an output row between the same cells.</summary>
    /// <param name="Start">The first.</param>
    /// <param name="End">The one after the last.</param>
    /// <param name="Left">The cell on their left.</param>
    /// <param name="Right">The cell on their right.</param>
    private readonly record struct Interval(int Start, int End, int Left, int Right);
}

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
    /// <returns>
    /// <c>H x W</c> class indices; of equal logits the first. Pixel centres coincide, as in torch's interpolation
    /// without aligned corners.
    /// </returns>
    public static byte[] Choose(ReadOnlySpan<float> logits, int classCount, int height, int width, int outputHeight, int outputWidth)
    {
        byte[] labels = new byte[outputHeight * outputWidth];
        (int Left, int Right, float Weight)[] columns = new (int, int, float)[outputWidth];
        for (int x = 0; x < outputWidth; x++)
        {
            columns[x] = Neighbours(x, width, outputWidth);
        }

        float[] blended = new float[width];
        float[] values = new float[outputWidth];
        float[] best = new float[outputWidth];
        int[] index = new int[outputWidth];
        for (int y = 0; y < outputHeight; y++)
        {
            (int above, int below, float weight) = Neighbours(y, height, outputHeight);
            for (int k = 0; k < classCount; k++)
            {
                ReadOnlySpan<float> plane = logits.Slice(k * height * width, height * width);
                Blend(plane.Slice(above * width, width), plane.Slice(below * width, width), weight, blended);
                Expand(blended, columns, k == 0 ? best : values);
                if (k == 0)
                {
                    Array.Clear(index);
                }
                else
                {
                    KeepBest(values, best, index, k);
                }
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

    private static void Expand(ReadOnlySpan<float> row, ReadOnlySpan<(int Left, int Right, float Weight)> columns, Span<float> destination)
    {
        for (int x = 0; x < columns.Length; x++)
        {
            (int left, int right, float weight) = columns[x];
            float value = row[left];
            destination[x] = value + ((row[right] - value) * weight);
        }
    }

    private static void KeepBest(ReadOnlySpan<float> values, Span<float> best, Span<int> index, int candidate)
    {
        ReadOnlySpan<Vector<float>> all = MemoryMarshal.Cast<float, Vector<float>>(values);
        Span<Vector<float>> bests = MemoryMarshal.Cast<float, Vector<float>>(best);
        Span<Vector<int>> indices = MemoryMarshal.Cast<int, Vector<int>>(index);
        Vector<int> candidates = new(candidate);
        for (int i = 0; i < all.Length; i++)
        {
            Vector<int> better = Vector.GreaterThan(all[i], bests[i]);
            bests[i] = Vector.ConditionalSelect(better, all[i], bests[i]);
            indices[i] = Vector.ConditionalSelect(better, candidates, indices[i]);
        }

        for (int i = all.Length * Vector<float>.Count; i < values.Length; i++)
        {
            if (values[i] > best[i])
            {
                best[i] = values[i];
                index[i] = candidate;
            }
        }
    }
}

namespace Road.Torch.Data;

/// <summary>Which input pixels make up each output pixel along one axis, and with what weights.</summary>
/// <param name="Starts">The first input pixel of each output pixel.</param>
/// <param name="Counts">The number of input pixels of each output pixel, at least 1.</param>
/// <param name="Weights">Their weights, <paramref name="Stride"/> entries an output pixel; each one's sum is 1.</param>
/// <param name="Stride">The entries kept for each output pixel.</param>
internal sealed record FilterTaps(int[] Starts, int[] Counts, float[] Weights, int Stride)
{
    /// <summary>Computes a triangle filter, as wide as an input or an output pixel on each side, whichever is larger.</summary>
    /// <param name="first">The first output pixel.</param>
    /// <param name="count">The number of output pixels.</param>
    /// <param name="length">The input's length.</param>
    /// <param name="newLength">The whole output's length.</param>
    public static FilterTaps Compute(int first, int count, int length, int newLength)
    {
        double unit = (double)length / newLength;
        double reach = Math.Max(1, unit);
        int stride = (2 * (int)Math.Ceiling(reach)) + 1;
        FilterTaps taps = new(new int[count], new int[count], new float[count * stride], stride);
        for (int i = 0; i < count; i++)
        {
            double centre = (first + i + 0.5) * unit;
            int start = Math.Max(0, (int)Math.Floor(centre - reach));
            int end = Math.Min(length, (int)Math.Ceiling(centre + reach));
            Span<float> weights = taps.Weights.AsSpan(i * stride, end - start);
            double sum = 0;
            for (int k = start; k < end; k++)
            {
                sum += Triangle((k + 0.5 - centre) / reach);
            }

            for (int k = start; k < end; k++)
            {
                weights[k - start] = (float)(Triangle((k + 0.5 - centre) / reach) / sum);
            }

            taps.Starts[i] = start;
            taps.Counts[i] = end - start;
        }

        return taps;
    }

    /// <summary>The weight of an output pixel's n-th input pixel.</summary>
    public float Weight(int output, int tap) => Weights[(output * Stride) + tap];

    private static double Triangle(double distance) => Math.Max(0, 1 - Math.Abs(distance));
}

using System.Buffers;

namespace Road.Torch.Data;

/// <summary>Blurs half of the crops by a Gaussian whose standard deviation is drawn evenly up to a largest one.</summary>
public sealed class RandomBlur
{
    /// <summary>Creates the augmentation.</summary>
    /// <param name="maximumSigma">The largest standard deviation in pixels of the crop: more than 0, at most 20.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maximumSigma"/> is outside its range.</exception>
    public RandomBlur(double maximumSigma)
    {
        MaximumSigma = OptionGuard.PositiveUpTo(maximumSigma, 20, nameof(maximumSigma));
    }

    /// <summary>The largest standard deviation in pixels of the crop.</summary>
    public double MaximumSigma { get; }

    /// <summary>Draws whether and how much, and blurs an area of a crop.</summary>
    internal void Apply(byte[] pixels, int size, CropArea area, Random random)
    {
        bool isBlurred = random.Next(2) == 1;
        double sigma = MaximumSigma * (1 - random.NextDouble());
        if (isBlurred)
        {
            Blur(pixels, size, area, sigma);
        }
    }

    /// <summary>
    /// Blurs an area in place, along rows and then along columns, by a kernel that is cut off at three standard deviations;
    /// beyond its edges the area is taken to go on with its outermost pixels, so that no padding flows in.
    /// </summary>
    internal static void Blur(byte[] pixels, int size, CropArea area, double sigma)
    {
        float[] kernel = Kernel(sigma);
        int radius = kernel.Length / 2;
        int width = area.Width * 3;
        float[] rows = ArrayPool<float>.Shared.Rent(area.Height * width);
        float[] extended = ArrayPool<float>.Shared.Rent(width + (6 * radius));
        rows.AsSpan(0, area.Height * width).Clear();
        for (int y = 0; y < area.Height; y++)
        {
            Extend(pixels.AsSpan((((area.Y + y) * size) + area.X) * 3, width), radius, extended);
            for (int k = 0; k < kernel.Length; k++)
            {
                FloatRow.AddScaled(rows.AsSpan(y * width, width), extended.AsSpan(3 * k, width), kernel[k]);
            }
        }

        Span<float> sums = extended.AsSpan(0, width);
        for (int y = 0; y < area.Height; y++)
        {
            sums.Clear();
            for (int k = 0; k < kernel.Length; k++)
            {
                int row = Math.Clamp(y + k - radius, 0, area.Height - 1);
                FloatRow.AddScaled(sums, rows.AsSpan(row * width, width), kernel[k]);
            }

            FloatRow.Round(sums, pixels.AsSpan((((area.Y + y) * size) + area.X) * 3, width));
        }

        ArrayPool<float>.Shared.Return(rows);
        ArrayPool<float>.Shared.Return(extended);
    }

    /// <summary>Repeats a row's first and last pixel beyond its ends.</summary>
    private static void Extend(ReadOnlySpan<byte> row, int radius, Span<float> extended)
    {
        for (int i = 0; i < row.Length; i++)
        {
            extended[(3 * radius) + i] = row[i];
        }

        for (int i = 0; i < 3 * radius; i++)
        {
            extended[i] = row[i % 3];
            extended[(3 * radius) + row.Length + i] = row[^(3 - (i % 3))];
        }
    }

    private static float[] Kernel(double sigma)
    {
        int radius = Math.Max(1, (int)Math.Ceiling(3 * sigma));
        double[] weights = [.. Enumerable.Range(-radius, (2 * radius) + 1).Select(k => Math.Exp(-k * k / (2 * sigma * sigma)))];
        double sum = weights.Sum();
        return [.. weights.Select(weight => (float)(weight / sum))];
    }
}

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
        for (int y = 0; y < area.Height; y++)
        {
            ReadOnlySpan<byte> row = pixels.AsSpan((((area.Y + y) * size) + area.X) * 3, width);
            Span<float> output = rows.AsSpan(y * width, width);
            for (int j = 0; j < width; j++)
            {
                (int x, int channel) = Math.DivRem(j, 3);
                float sum = 0;
                for (int k = -radius; k <= radius; k++)
                {
                    sum += kernel[k + radius] * row[(Math.Clamp(x + k, 0, area.Width - 1) * 3) + channel];
                }

                output[j] = sum;
            }
        }

        float[] sums = ArrayPool<float>.Shared.Rent(width);
        for (int y = 0; y < area.Height; y++)
        {
            Span<float> sum = sums.AsSpan(0, width);
            sum.Clear();
            for (int k = -radius; k <= radius; k++)
            {
                ReadOnlySpan<float> row = rows.AsSpan(Math.Clamp(y + k, 0, area.Height - 1) * width, width);
                float weight = kernel[k + radius];
                for (int j = 0; j < sum.Length; j++)
                {
                    sum[j] += weight * row[j];
                }
            }

            Span<byte> output = pixels.AsSpan((((area.Y + y) * size) + area.X) * 3, width);
            for (int j = 0; j < output.Length; j++)
            {
                output[j] = (byte)Math.Clamp(sum[j] + 0.5f, 0, 255);
            }
        }

        ArrayPool<float>.Shared.Return(rows);
        ArrayPool<float>.Shared.Return(sums);
    }

    private static float[] Kernel(double sigma)
    {
        int radius = Math.Max(1, (int)Math.Ceiling(3 * sigma));
        double[] weights = [.. Enumerable.Range(-radius, (2 * radius) + 1).Select(k => Math.Exp(-k * k / (2 * sigma * sigma)))];
        double sum = weights.Sum();
        return [.. weights.Select(weight => (float)(weight / sum))];
    }
}

using Road.Torch.Data;

namespace WebDemo.Segmentation;

/// <summary>What the network says of each pixel that it saw.</summary>
/// <param name="Width">The width in pixels.</param>
/// <param name="Height">The height in pixels.</param>
/// <param name="Ids">The class of each pixel, counted from 0, row-major.</param>
/// <param name="Confidences">The probability of that class, 0 to 255 for 0 to 1.</param>
internal sealed record SegmentedPixels(int Width, int Height, byte[] Ids, byte[] Confidences)
{
    /// <summary>Values of these pixels in another size, each that of the nearest.</summary>
    public byte[] Scale(byte[] values, ImageSize size)
    {
        if ((size.Width, size.Height) == (Width, Height))
        {
            return values;
        }

        int[] columns = [.. Enumerable.Range(0, size.Width).Select(x => (int)((x + 0.5) * Width / size.Width))];
        byte[] scaled = new byte[size.Width * size.Height];
        for (int y = 0; y < size.Height; y++)
        {
            int from = (int)((y + 0.5) * Height / size.Height) * Width;
            Span<byte> row = scaled.AsSpan(y * size.Width, size.Width);
            for (int x = 0; x < row.Length; x++)
            {
                row[x] = values[from + columns[x]];
            }
        }

        return scaled;
    }

    /// <summary>The pixels and the mean confidence, 0 to 1, of each class.</summary>
    public (long Count, double Confidence)[] Count(int classes)
    {
        long[] counts = new long[classes];
        long[] sums = new long[classes];
        for (int i = 0; i < Ids.Length; i++)
        {
            counts[Ids[i]]++;
            sums[Ids[i]] += Confidences[i];
        }

        return [.. counts.Zip(sums, static (count, sum) => (count, count == 0 ? 0.0 : sum / (255.0 * count)))];
    }
}

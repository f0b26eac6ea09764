using System.Buffers;

namespace Road.Torch.Data;

/// <summary>
/// Cuts a window out of a scaled image without scaling the rest of it: colours by a triangle filter, which interpolates
/// linearly where the image grows and averages where it shrinks, labels by the nearest pixel.
/// </summary>
internal static class CropScaler
{
    /// <summary>Fills an area of a crop.</summary>
    /// <param name="sample">The image at its own size.</param>
    /// <param name="scaled">The size that the image is scaled to.</param>
    /// <param name="left">The scaled image's column in the crop's first column.</param>
    /// <param name="top">The scaled image's row in the crop's first row.</param>
    /// <param name="area">The part of the crop that lies on the scaled image.</param>
    /// <param name="size">The crop's side.</param>
    /// <param name="pixels">The crop's colours, <c>size x size x 3</c>.</param>
    /// <param name="labels">The crop's labels, <c>size x size</c>; null where the image has none.</param>
    public static void Cut(
        DecodedSample sample, ImageSize scaled, int left, int top, CropArea area, int size, byte[] pixels, byte[]? labels)
    {
        FilterTaps columns = FilterTaps.Compute(left + area.X, area.Width, sample.Width, scaled.Width);
        FilterTaps rows = FilterTaps.Compute(top + area.Y, area.Height, sample.Height, scaled.Height);
        int width = area.Width * 3;
        int firstRow = rows.Starts[0];
        int lastRow = rows.Starts[^1] + rows.Counts[^1];
        float[] narrowed = ArrayPool<float>.Shared.Rent((lastRow - firstRow) * width);
        float[] sums = ArrayPool<float>.Shared.Rent(width);
        for (int y = firstRow; y < lastRow; y++)
        {
            FilterRow(
                sample.Pixels.AsSpan(y * sample.Width * 3, sample.Width * 3), columns, narrowed.AsSpan((y - firstRow) * width, width));
        }

        for (int i = 0; i < area.Height; i++)
        {
            Span<float> sum = sums.AsSpan(0, width);
            sum.Clear();
            for (int tap = 0; tap < rows.Counts[i]; tap++)
            {
                FloatRow.AddScaled(sum, narrowed.AsSpan((rows.Starts[i] + tap - firstRow) * width, width), rows.Weight(i, tap));
            }

            FloatRow.Round(sum, pixels.AsSpan((((area.Y + i) * size) + area.X) * 3, width));
        }

        ArrayPool<float>.Shared.Return(narrowed);
        ArrayPool<float>.Shared.Return(sums);
        if (labels is not null)
        {
            CutLabels(sample, scaled, left, top, area, size, labels);
        }
    }

    /// <summary>The pixels of an area of a crop that would have a label.</summary>
    /// <param name="sample">The image at its own size, with labels.</param>
    /// <param name="scaled">The size that the image is scaled to.</param>
    /// <param name="left">The scaled image's column in the crop's first column.</param>
    /// <param name="top">The scaled image's row in the crop's first row.</param>
    /// <param name="area">The part of the crop that lies on the scaled image.</param>
    /// <param name="label">The label.</param>
    public static int CountLabel(DecodedSample sample, ImageSize scaled, int left, int top, CropArea area, byte label)
    {
        int[] columns = [.. Enumerable.Range(left + area.X, area.Width).Select(x => Nearest(x, sample.Width, scaled.Width))];
        int count = 0;
        for (int y = area.Y; y < area.Y + area.Height; y++)
        {
            ReadOnlySpan<byte> row = sample.Labels.AsSpan(Nearest(top + y, sample.Height, scaled.Height) * sample.Width, sample.Width);
            foreach (int column in columns)
            {
                count += row[column] == label ? 1 : 0;
            }
        }

        return count;
    }

    private static void FilterRow(ReadOnlySpan<byte> row, FilterTaps columns, Span<float> output)
    {
        for (int i = 0, j = 0; j < output.Length; i++, j += 3)
        {
            float red = 0, green = 0, blue = 0;
            int source = columns.Starts[i] * 3;
            for (int tap = 0; tap < columns.Counts[i]; tap++, source += 3)
            {
                float weight = columns.Weight(i, tap);
                red += weight * row[source];
                green += weight * row[source + 1];
                blue += weight * row[source + 2];
            }

            output[j] = red;
            output[j + 1] = green;
            output[j + 2] = blue;
        }
    }

    private static void CutLabels(DecodedSample sample, ImageSize scaled, int left, int top, CropArea area, int size, byte[] labels)
    {
        int[] columns = [.. Enumerable.Range(left + area.X, area.Width).Select(x => Nearest(x, sample.Width, scaled.Width))];
        for (int y = area.Y; y < area.Y + area.Height; y++)
        {
            ReadOnlySpan<byte> row = sample.Labels.AsSpan(Nearest(top + y, sample.Height, scaled.Height) * sample.Width, sample.Width);
            Span<byte> output = labels.AsSpan((y * size) + area.X, area.Width);
            for (int j = 0; j < output.Length; j++)
            {
                output[j] = row[columns[j]];
            }
        }
    }

    /// <summary>The input pixel whose area holds the centre of an output pixel.</summary>
    private static int Nearest(int position, int length, int newLength) =>
        (int)(((2L * position) + 1) * length / (2L * newLength));
}

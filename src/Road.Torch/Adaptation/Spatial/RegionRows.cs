using System.Numerics;
using Road.Torch.Data;

namespace Road.Torch.Adaptation;

/// <summary>
/// The activations of a batch sorted by region: row numbers into the flattened <c>(N h w) x C</c> map, region after
/// region, with each one's domain as a sign. Made on the host, so that the sizes are known without waiting for a device.
/// </summary>
/// <param name="Order">Row numbers, those of region 0 first; where a region is filled up, its first row again.</param>
/// <param name="Signs">1 for source, -1 for target, in the same order.</param>
/// <param name="Weights">
/// One over the number of the region's activations, in the same order, and 0 for rows that fill up: a sum with these weights is the
/// sum over regions of each one's mean.
/// </param>
/// <param name="Lengths">The number of rows of each region, filled up; 0 where none of its activations is there.</param>
internal sealed record RegionRows(long[] Order, float[] Signs, float[] Weights, long[] Lengths)
{
    // Libraries compile a layer for each size that they meet, which takes longer than running it, and every batch has other
    // sizes. A region is filled up to one of eight sizes an octave, 3% of rows more on average.
    private const int SizesPerOctave = 8;
    private const int SmallestStep = 16;

    /// <summary>Sorts a batch's activations; those in padding are left out.</summary>
    public static RegionRows Gather(
        RegionGrid grid, IReadOnlyList<CropWindow> windows, int sourceCount, int mapHeight, int mapWidth)
    {
        int area = mapHeight * mapWidth;
        int[] regions = new int[windows.Count * area];
        for (int n = 0; n < windows.Count; n++)
        {
            grid.Assign(windows[n], mapHeight, mapWidth, regions.AsSpan(n * area, area));
        }

        int[] counts = new int[grid.Count];
        foreach (int region in regions)
        {
            if (region != RegionGrid.Outside)
            {
                counts[region]++;
            }
        }

        long[] lengths = [.. counts.Select(FillUp)];
        int[] next = new int[grid.Count];
        for (int region = 1; region < next.Length; region++)
        {
            next[region] = next[region - 1] + (int)lengths[region - 1];
        }

        int total = (int)lengths.Sum();
        long[] order = new long[total];
        float[] signs = new float[total];
        float[] weights = new float[total];
        for (int row = 0; row < regions.Length; row++)
        {
            int region = regions[row];
            if (region != RegionGrid.Outside)
            {
                int place = next[region]++;
                order[place] = row;
                signs[place] = row < sourceCount * area ? 1 : -1;
                weights[place] = 1f / counts[region];
            }
        }

        for (int region = 0; region < next.Length; region++)
        {
            int start = next[region] - counts[region];
            int filled = (int)lengths[region] - counts[region];
            if (filled > 0)
            {
                order.AsSpan(next[region], filled).Fill(order[start]);
                signs.AsSpan(next[region], filled).Fill(signs[start]);
            }
        }

        return new RegionRows(order, signs, weights, lengths);
    }

    /// <summary>The number of rows that a region of so many activations gets.</summary>
    internal static long FillUp(int count)
    {
        if (count == 0)
        {
            return 0;
        }

        int step = Math.Max(SmallestStep, (int)BitOperations.RoundUpToPowerOf2((uint)count) / (2 * SizesPerOctave));
        return (count + step - 1) / step * (long)step;
    }
}

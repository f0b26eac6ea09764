using Road.Torch.Data;

namespace Road.Torch.Adaptation;

/// <summary>
/// The activations of a batch sorted by region: row numbers into the flattened <c>(N h w) x C</c> map, region after
/// region, with each one's domain as a sign. Made on the host, so that the sizes are known without waiting for a device.
/// </summary>
/// <param name="Order">Row numbers, those of region 0 first.</param>
/// <param name="Signs">1 for source, -1 for target, in the same order.</param>
/// <param name="Counts">The number of rows in each region.</param>
internal sealed record RegionRows(long[] Order, float[] Signs, int[] Counts)
{
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

        int[] next = new int[grid.Count];
        for (int region = 1; region < next.Length; region++)
        {
            next[region] = next[region - 1] + counts[region - 1];
        }

        int total = counts.Sum();
        long[] order = new long[total];
        float[] signs = new float[total];
        for (int row = 0; row < regions.Length; row++)
        {
            if (regions[row] != RegionGrid.Outside)
            {
                int place = next[regions[row]]++;
                order[place] = row;
                signs[place] = row < sourceCount * area ? 1 : -1;
            }
        }

        return new RegionRows(order, signs, counts);
    }
}

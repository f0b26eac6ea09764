using Road.Torch.Adaptation;
using Road.Torch.Data;

namespace Road.Torch.Tests.Adaptation;

[TestClass]
public sealed class RegionRowsTests
{
    private static readonly CropWindow Whole = new(0, 0, 90, 60, 90, 60, Mirrored: false);

    [TestMethod]
    public void EveryActivationIsWeightedOnceAndFillingNotAtAll()
    {
        RegionGrid grid = new(2, 3);
        CropWindow[] windows = [Whole, new(-20, 10, 60, 40, 90, 60, Mirrored: true), new(45, 0, 45, 60, 90, 60, Mirrored: false)];
        const int Height = 5;
        const int Width = 7;

        RegionRows rows = RegionRows.Gather(grid, windows, 1, Height, Width);

        int[] regions = [.. windows.SelectMany(window => grid.Assign(window, Height, Width))];
        int start = 0;
        for (int region = 0; region < grid.Count; region++)
        {
            int length = (int)rows.Lengths[region];
            (long Row, float Sign, float Weight)[] part = [
                .. Enumerable.Range(start, length).Select(i => (rows.Order[i], rows.Signs[i], rows.Weights[i]))];
            long[] expected = [.. Enumerable.Range(0, regions.Length).Where(row => regions[row] == region).Select(static row => (long)row)];

            CollectionAssert.AreEqual(expected, part.Where(static entry => entry.Weight > 0).Select(static entry => entry.Row).ToArray());
            Assert.AreEqual(expected.Length == 0 ? 0 : 1, part.Sum(static entry => entry.Weight), 1e-6);
            Assert.IsTrue(part.All(entry => regions[entry.Row] == region));
            Assert.IsTrue(part.All(static entry => entry.Sign == (entry.Row < Height * Width ? 1 : -1)));
            start += length;
        }

        Assert.HasCount(start, rows.Order);
    }

    [TestMethod]
    public void RegionsComeInFewSizes()
    {
        long[] sizes = [.. Enumerable.Range(1, 20_000).Select(RegionRows.FillUp)];

        for (int count = 1; count <= sizes.Length; count++)
        {
            Assert.IsGreaterThanOrEqualTo(count, sizes[count - 1]);
            Assert.IsLessThan(count + Math.Max(16, count / 8.0), sizes[count - 1], $"{count} activations");
        }

        Assert.IsLessThanOrEqualTo(8 * 15, sizes.Distinct().Count());
        Assert.AreEqual(0, RegionRows.FillUp(0));
    }
}

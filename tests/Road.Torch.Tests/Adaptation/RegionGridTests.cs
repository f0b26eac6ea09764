using Road.Torch.Adaptation;
using Road.Torch.Data;

namespace Road.Torch.Tests.Adaptation;

[TestClass]
public sealed class RegionGridTests
{
    private static readonly CropWindow Whole = new(0, 0, 90, 60, 90, 60, Mirrored: false);

    [TestMethod]
    public void NineRegionsOfAWholeImage()
    {
        RegionGrid grid = new(3, 3);
        Assert.AreEqual(9, grid.Count);
        Sequence.AreEqual(grid.Assign(Whole, 3, 3), 0, 1, 2, 3, 4, 5, 6, 7, 8);
        Sequence.AreEqual(grid.Assign(Whole with { Mirrored = true }, 3, 3), 2, 1, 0, 5, 4, 3, 8, 7, 6);
        Sequence.AreEqual(grid.Assign(Whole, 1, 1), 4);
        Sequence.AreEqual(grid.Assign(Whole, 1, 6), 3, 3, 4, 4, 5, 5);
    }

    [TestMethod]
    public void OneRegionHoldsTheWholeImage() =>
        Sequence.AreEqual(new RegionGrid(1, 1).Assign(Whole with { Mirrored = true }, 2, 3), 0, 0, 0, 0, 0, 0);

    [TestMethod]
    public void TwoRowsOfRegionsSplitTheHeightOnly()
    {
        RegionGrid grid = new(2, 1);
        Sequence.AreEqual(grid.Assign(Whole, 2, 2), 0, 0, 1, 1);
        Sequence.AreEqual(grid.Assign(Whole with { Y = 30, Height = 30 }, 2, 2), 1, 1, 1, 1);
    }

    [TestMethod]
    public void ACropKeepsTheRegionsOfItsImage() =>

        // The window covers the middle of the image's right third and half of the third beside it.
        Sequence.AreEqual(new RegionGrid(3, 3).Assign(new CropWindow(45, 20, 45, 20, 90, 60, Mirrored: true), 1, 3), 5, 5, 4);

    [TestMethod]
    public void CentresInPaddingAreOutside()
    {
        RegionGrid grid = new(1, 2);
        CropWindow window = new(-10, -5, 30, 20, 10, 10, Mirrored: false);

        // Centres lie at x = -5, 5, 15 and y = -2.5, 2.5, 7.5, 12.5.
        const int Out = RegionGrid.Outside;
        Sequence.AreEqual(grid.Assign(window, 4, 3), Out, Out, Out, Out, 1, Out, Out, 1, Out, Out, Out, Out);
    }

    [TestMethod]
    public void RegionsEqualAWalkOverThePaintedImagesPixels()
    {
        Random random = new(20);
        int inside = 0;
        int outside = 0;
        for (int trial = 0; trial < 600; trial++)
        {
            RegionGrid grid = new(random.Next(1, 6), random.Next(1, 6));
            int width = grid.Columns * random.Next(5, 30);
            int height = grid.Rows * random.Next(5, 30);

            // An odd number of crop pixels an activation puts its centre on a pixel's centre.
            int map = random.Next(1, 12);
            int pixels = map * ((2 * random.Next(0, 4)) + 1);
            bool scaled = random.Next(2) == 1;
            CropWindow window = new(
                scaled ? (random.NextDouble() * width) - 10 : random.Next(-10, width),
                scaled ? (random.NextDouble() * height) - 10 : random.Next(-10, height),
                scaled ? 5 + (random.NextDouble() * width) : pixels,
                scaled ? 5 + (random.NextDouble() * height) : pixels,
                width,
                height,
                Mirrored: random.Next(2) == 1);

            int[,] crop = Cut(Paint(grid, width, height), window, pixels);
            int[] actual = grid.Assign(window, map, map);

            for (int i = 0; i < actual.Length; i++)
            {
                int expected = crop[Centre(i / map), Centre(i % map)];
                Assert.AreEqual(expected, actual[i], $"trial {trial}, activation {i} of {map} x {map}, {window}");
                inside += expected == RegionGrid.Outside ? 0 : 1;
                outside += expected == RegionGrid.Outside ? 1 : 0;
            }

            int Centre(int activation) => ((2 * activation) + 1) * pixels / (2 * map);
        }

        Assert.IsGreaterThan(5000, inside);
        Assert.IsGreaterThan(1000, outside);
    }

    [TestMethod]
    [DataRow(0, 3, "rows")]
    [DataRow(17, 3, "rows")]
    [DataRow(3, 0, "columns")]
    [DataRow(3, 17, "columns")]
    public void NumbersOutOfRangeAreRefused(int rows, int columns, string parameter)
    {
        ArgumentOutOfRangeException error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new RegionGrid(rows, columns));
        Assert.AreEqual(parameter, error.ParamName);
        StringAssert.Contains(error.Message, "1 to 16");
    }

    [TestMethod]
    public void AnEmptyMapIsRefused()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new RegionGrid(3, 3).Assign(Whole, 0, 3));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new RegionGrid(3, 3).Assign(Whole, 3, 0));
    }

    /// <summary>Writes its region's number on every pixel of an image whose size the partition divides.</summary>
    private static int[,] Paint(RegionGrid grid, int width, int height)
    {
        int[,] image = new int[height, width];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                image[y, x] = (y / (height / grid.Rows) * grid.Columns) + (x / (width / grid.Columns));
            }
        }

        return image;
    }

    /// <summary>Cuts a window by nearest sampling to pixels x pixels, and mirrors the result where the window says so.</summary>
    private static int[,] Cut(int[,] image, CropWindow window, int pixels)
    {
        int[,] crop = new int[pixels, pixels];
        for (int row = 0; row < pixels; row++)
        {
            int y = (int)Math.Floor(window.Y + ((row + 0.5) * window.Height / pixels));
            for (int column = 0; column < pixels; column++)
            {
                int x = (int)Math.Floor(window.X + ((column + 0.5) * window.Width / pixels));
                bool padding = x < 0 || y < 0 || x >= window.ImageWidth || y >= window.ImageHeight;
                crop[row, window.Mirrored ? pixels - 1 - column : column] = padding ? RegionGrid.Outside : image[y, x];
            }
        }

        return crop;
    }
}

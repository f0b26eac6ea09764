using Road.Torch.Data;

namespace Road.Torch.Adaptation;

/// <summary>
/// The partition of the original image into rows x columns equal regions (section 3.2 of the paper; 3 x 3 there), and
/// the assignment of a feature map's activations to them.
/// </summary>
public sealed class RegionGrid
{
    /// <summary>The region index of an activation whose centre lies in padding, outside the original image.</summary>
    public const int Outside = -1;

    /// <summary>Creates a partition.</summary>
    /// <param name="rows">The number of rows, 1 to 16.</param>
    /// <param name="columns">The number of columns, 1 to 16.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside 1 to 16.</exception>
    public RegionGrid(int rows, int columns)
    {
        if (rows is < 1 or > 16)
        {
            throw new ArgumentOutOfRangeException(nameof(rows), rows, "The number of region rows must be 1 to 16.");
        }

        if (columns is < 1 or > 16)
        {
            throw new ArgumentOutOfRangeException(nameof(columns), columns, "The number of region columns must be 1 to 16.");
        }

        Rows = rows;
        Columns = columns;
    }

    /// <summary>The number of rows.</summary>
    public int Rows { get; }

    /// <summary>The number of columns.</summary>
    public int Columns { get; }

    /// <summary>The number of regions, M.</summary>
    public int Count => Rows * Columns;

    /// <summary>Assigns every activation of a feature map to the region that holds its centre.</summary>
    /// <param name="window">The crop that the feature map was computed from.</param>
    /// <param name="mapHeight">The feature map's height, at least 1.</param>
    /// <param name="mapWidth">The feature map's width, at least 1.</param>
    /// <returns>Row-major region indices (row x <see cref="Columns"/> + column), or <see cref="Outside"/>.</returns>
    public int[] Assign(CropWindow window, int mapHeight, int mapWidth)
    {
        int[] regions = new int[mapHeight * mapWidth];
        Assign(window, mapHeight, mapWidth, regions);
        return regions;
    }

    internal void Assign(CropWindow window, int mapHeight, int mapWidth, Span<int> regions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(mapHeight, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(mapWidth, 1);

        // Rows and columns are independent of each other, so each axis is traced once.
        Span<int> columns = mapWidth <= 1024 ? stackalloc int[mapWidth] : new int[mapWidth];
        for (int j = 0; j < mapWidth; j++)
        {
            columns[j] = Cell(window.ToImage((j + 0.5) / mapWidth, 0).X, window.ImageWidth, Columns);
        }

        for (int i = 0; i < mapHeight; i++)
        {
            int row = Cell(window.ToImage(0, (i + 0.5) / mapHeight).Y, window.ImageHeight, Rows);
            for (int j = 0; j < mapWidth; j++)
            {
                regions[(i * mapWidth) + j] = row < 0 || columns[j] < 0 ? Outside : (row * Columns) + columns[j];
            }
        }
    }

    private static int Cell(double position, int size, int cells) =>
        position < 0 || position >= size ? Outside : Math.Min((int)(position * cells / size), cells - 1);
}

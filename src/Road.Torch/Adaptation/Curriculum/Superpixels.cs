namespace Road.Torch.Adaptation;

/// <summary>
/// An image cut into superpixels by simple linear iterative clustering (Achanta et al., SLIC, 2012): k-means of colour in
/// CIELAB and place from a regular grid of centres, each searched for near itself only. Stray pixels are not joined to their
/// neighbours: what is averaged over a superpixel hardly notices them.
/// </summary>
internal static class Superpixels
{
    private const float Compactness = 10;
    private const int Iterations = 5;

    /// <summary>The number of superpixels of an image: as near to the wanted one as a regular grid comes; some may be empty.</summary>
    public static int Count(int width, int height, int wanted)
    {
        (int columns, int rows) = Grid(width, height, wanted);
        return columns * rows;
    }

    /// <summary>Cuts an image.</summary>
    /// <param name="pixels">Interleaved RGB, row-major.</param>
    /// <param name="width">The width in pixels.</param>
    /// <param name="height">The height in pixels.</param>
    /// <param name="wanted">About how many superpixels, at least 1.</param>
    /// <returns>The superpixel of every pixel, 0 to <see cref="Count"/> - 1, row-major.</returns>
    public static int[] Segment(ReadOnlySpan<byte> pixels, int width, int height, int wanted)
    {
        (int columns, int rows) = Grid(width, height, wanted);
        float[] colors = CieLab.FromRgb(pixels);
        double step = Math.Sqrt((double)width * height / (columns * rows));
        float spatialScale = (float)(Compactness * Compactness / (step * step));
        Centre[] centres = [.. Enumerable.Range(0, columns * rows).Select(i =>
        {
            double x = ((i % columns) + 0.5) * width / columns;
            double y = ((i / columns) + 0.5) * height / rows;
            int pixel = 3 * ((Math.Min((int)y, height - 1) * width) + Math.Min((int)x, width - 1));
            return new Centre((float)x - 0.5f, (float)y - 0.5f, colors[pixel], colors[pixel + 1], colors[pixel + 2]);
        })];

        int[] nearest = new int[width * height];
        float[] distances = new float[width * height];
        int reach = (int)Math.Ceiling(step) + 1;
        for (int iteration = 0; iteration < Iterations; iteration++)
        {
            Array.Fill(distances, float.PositiveInfinity);
            for (int c = 0; c < centres.Length; c++)
            {
                Centre centre = centres[c];
                for (int y = Math.Max(0, (int)centre.Y - reach); y <= Math.Min(height - 1, (int)centre.Y + reach); y++)
                {
                    for (int x = Math.Max(0, (int)centre.X - reach); x <= Math.Min(width - 1, (int)centre.X + reach); x++)
                    {
                        int pixel = (y * width) + x;
                        float distance = centre.Distance(x, y, colors.AsSpan(3 * pixel, 3), spatialScale);
                        if (distance < distances[pixel])
                        {
                            distances[pixel] = distance;
                            nearest[pixel] = c;
                        }
                    }
                }
            }

            Move(centres, nearest, colors, width);
        }

        return nearest;
    }

    /// <summary>
    /// What share of each superpixel lies under each cell of a feature map: <c>superpixels x (mapHeight mapWidth)</c>, rows of sum 1, or
    /// of zeros where the superpixel is empty.
    /// </summary>
    public static void Shares(ReadOnlySpan<int> superpixels, int width, int height, int mapWidth, int mapHeight, Span<float> shares)
    {
        int cells = mapWidth * mapHeight;
        shares.Clear();
        for (int y = 0; y < height; y++)
        {
            int row = y * mapHeight / height * mapWidth;
            for (int x = 0; x < width; x++)
            {
                shares[(superpixels[(y * width) + x] * cells) + row + (x * mapWidth / width)]++;
            }
        }

        for (int start = 0; start < shares.Length; start += cells)
        {
            Span<float> line = shares.Slice(start, cells);
            float total = 0;
            foreach (float count in line)
            {
                total += count;
            }

            for (int i = 0; total > 0 && i < cells; i++)
            {
                line[i] /= total;
            }
        }
    }

    private static (int Columns, int Rows) Grid(int width, int height, int wanted)
    {
        double step = Math.Sqrt((double)width * height / wanted);
        return (Math.Max(1, (int)Math.Round(width / step)), Math.Max(1, (int)Math.Round(height / step)));
    }

    private static void Move(Centre[] centres, int[] nearest, float[] colors, int width)
    {
        double[] sums = new double[6 * centres.Length];
        for (int pixel = 0; pixel < nearest.Length; pixel++)
        {
            Span<double> sum = sums.AsSpan(6 * nearest[pixel], 6);
            sum[0] += pixel % width;
            sum[1] += pixel / width;
            sum[2] += colors[3 * pixel];
            sum[3] += colors[(3 * pixel) + 1];
            sum[4] += colors[(3 * pixel) + 2];
            sum[5]++;
        }

        for (int c = 0; c < centres.Length; c++)
        {
            Span<double> sum = sums.AsSpan(6 * c, 6);
            if (sum[5] > 0)
            {
                centres[c] = new Centre(
                    (float)(sum[0] / sum[5]), (float)(sum[1] / sum[5]), (float)(sum[2] / sum[5]), (float)(sum[3] / sum[5]),
                    (float)(sum[4] / sum[5]));
            }
        }
    }

    private readonly record struct Centre(float X, float Y, float L, float A, float B)
    {
        public float Distance(int x, int y, ReadOnlySpan<float> color, float spatialScale)
        {
            float l = color[0] - L;
            float a = color[1] - A;
            float b = color[2] - B;
            float dx = x - X;
            float dy = y - Y;
            return (l * l) + (a * a) + (b * b) + (spatialScale * ((dx * dx) + (dy * dy)));
        }
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Road.Torch.Networks;

/// <summary>
/// The transforms of Winograd's minimal filtering F(4x4, 3x3) (Lavin and Gray, CVPR 2016): six by six values of the input
/// and of the filter, multiplied one by one, hold the four by four outputs of a tile. The interpolation points are 0, 1, -1, 2, -2
/// and infinity. Channels lie side by side, and as many as a vector holds are transformed together.
/// </summary>
internal static unsafe class WinogradTransforms
{
    /// <summary>The outputs along a tile's side.</summary>
    public const int TileSide = 4;

    /// <summary>The products of a tile, a pair of an input and an output channel.</summary>
    public const int Products = PatchSide * PatchSide;

    private const int FilterSide = 3;
    private const int PatchSide = TileSide + FilterSide - 1;

    /// <summary>Transforms filters.</summary>
    /// <param name="filters">Nine values of each filter, at places <paramref name="plane"/> apart.</param>
    /// <param name="result">Receives 36 of each, at such places too.</param>
    /// <param name="plane">The number of filters, a multiple of what a vector holds.</param>
    /// <param name="first">The first filter to do, such a multiple too.</param>
    /// <param name="end">The one after the last.</param>
    public static void Filters(float* filters, float* result, long plane, long first, long end)
    {
        Vector512<float>* columns = stackalloc Vector512<float>[PatchSide * FilterSide];
        Vector512<float>* values = stackalloc Vector512<float>[PatchSide];
        for (long i = first; i < end; i += Vector512<float>.Count)
        {
            for (int k = 0; k < FilterSide; k++)
            {
                float* column = filters + i + (k * plane);
                Filter(Load(column), Load(column + (FilterSide * plane)), Load(column + (2 * FilterSide * plane)), columns + k, FilterSide);
            }

            for (int k = 0; k < PatchSide; k++)
            {
                Vector512<float>* row = columns + (k * FilterSide);
                Filter(row[0], row[1], row[2], values, 1);
                for (int j = 0; j < PatchSide; j++)
                {
                    Store(values[j], result + i + (((k * PatchSide) + j) * plane));
                }
            }
        }
    }

    /// <summary>Transforms the patch of a tile.</summary>
    /// <param name="map">The input, <c>H x W x I</c>.</param>
    /// <param name="shape">Its size and the convolution's dilation.</param>
    /// <param name="channels">I, a multiple of what a vector holds.</param>
    /// <param name="y">The row of the tile's first output.</param>
    /// <param name="x">Its column.</param>
    /// <param name="result">Receives I values at each of 36 places.</param>
    /// <param name="plane">The distance of these places.</param>
    public static void Patch(float* map, WinogradShape shape, int channels, int y, int x, float* result, long plane)
    {
        float** pixels = stackalloc float*[Products];
        Vector512<float>* values = stackalloc Vector512<float>[Products];
        for (int i = 0; i < Products; i++)
        {
            int row = y + (((i / PatchSide) - 1) * shape.Dilation);
            int column = x + (((i % PatchSide) - 1) * shape.Dilation);
            bool isInside = (uint)row < (uint)shape.Height && (uint)column < (uint)shape.Width;
            pixels[i] = isInside ? map + (((long)row * shape.Width) + column) * channels : null;
        }

        for (int c = 0; c < channels; c += Vector512<float>.Count)
        {
            for (int i = 0; i < Products; i++)
            {
                values[i] = pixels[i] is null ? Vector512<float>.Zero : Load(pixels[i] + c);
            }

            for (int k = 0; k < PatchSide; k++)
            {
                Patch(values + k, PatchSide);
            }

            for (int k = 0; k < PatchSide; k++)
            {
                Patch(values + (k * PatchSide), 1);
            }

            for (int i = 0; i < Products; i++)
            {
                Store(values[i], result + (i * plane) + c);
            }
        }
    }

    /// <summary>Turns a tile's products, summed over the input's channels, into its outputs.</summary>
    /// <param name="products">Where each of the 36 products of all tiles lie, O values a tile.</param>
    /// <param name="place">The place of this tile's values.</param>
    /// <param name="bias">O values to add; null for none.</param>
    /// <param name="map">The output, <c>H x W x O</c>.</param>
    /// <param name="shape">Its size and the convolution's dilation.</param>
    /// <param name="channels">O, a multiple of what a vector holds.</param>
    /// <param name="y">The row of the tile's first output.</param>
    /// <param name="x">Its column.</param>
    public static void Tile(float*[] products, long place, float* bias, float* map, WinogradShape shape, int channels, int y, int x)
    {
        Vector512<float>* rows = stackalloc Vector512<float>[TileSide * PatchSide];
        int height = Math.Min(TileSide, (shape.Height - y + shape.Dilation - 1) / shape.Dilation);
        int width = Math.Min(TileSide, (shape.Width - x + shape.Dilation - 1) / shape.Dilation);
        float* corner = map + (((long)y * shape.Width) + x) * channels;
        for (int c = 0; c < channels; c += Vector512<float>.Count)
        {
            Vector512<float> offset = bias is null ? Vector512<float>.Zero : Load(bias + c);
            for (int k = 0; k < PatchSide; k++)
            {
                Tile(Product(k), Product(k + PatchSide), Product(k + (2 * PatchSide)), Product(k + (3 * PatchSide)),
                    Product(k + (4 * PatchSide)), Product(k + (5 * PatchSide)), rows + k, PatchSide);
            }

            for (int i = 0; i < height; i++)
            {
                Vector512<float>* row = rows + (i * PatchSide);
                Tile(row[0], row[1], row[2], row[3], row[4], row[5], row, 1);
                for (int j = 0; j < width; j++)
                {
                    Store(row[j] + offset, corner + ((((long)i * shape.Width) + j) * shape.Dilation * channels) + c);
                }
            }

            Vector512<float> Product(int k) => Load(products[k] + place + c);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Filter(Vector512<float> above, Vector512<float> middle, Vector512<float> below, Vector512<float>* result, int step)
    {
        Vector512<float> ends = (above + below) * (1 / 6f);
        Vector512<float> sixth = middle * (1 / 6f);
        Vector512<float> doubled = (above * (1 / 24f)) + (below * (1 / 6f));
        Vector512<float> twelfth = middle * (1 / 12f);
        result[0] = above * (1 / 4f);
        result[step] = -ends - sixth;
        result[2 * step] = sixth - ends;
        result[3 * step] = doubled + twelfth;
        result[4 * step] = doubled - twelfth;
        result[5 * step] = below;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Patch(Vector512<float>* values, int step)
    {
        (Vector512<float> d0, Vector512<float> d1, Vector512<float> d2) = (values[0], values[step], values[2 * step]);
        (Vector512<float> d3, Vector512<float> d4, Vector512<float> d5) = (values[3 * step], values[4 * step], values[5 * step]);
        Vector512<float> even = d4 - (d2 * 4);
        Vector512<float> odd = d3 - (d1 * 4);
        Vector512<float> evenDoubled = d4 - d2;
        Vector512<float> oddDoubled = (d3 - d1) * 2;
        values[0] = (d0 * 4) - (d2 * 5) + d4;
        values[step] = even + odd;
        values[2 * step] = even - odd;
        values[3 * step] = evenDoubled + oddDoubled;
        values[4 * step] = evenDoubled - oddDoubled;
        values[5 * step] = (d1 * 4) - (d3 * 5) + d5;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile(
        Vector512<float> m0, Vector512<float> m1, Vector512<float> m2, Vector512<float> m3, Vector512<float> m4, Vector512<float> m5,
        Vector512<float>* result, int step)
    {
        Vector512<float> sum = m1 + m2;
        Vector512<float> difference = m1 - m2;
        Vector512<float> sumDoubled = m3 + m4;
        Vector512<float> differenceDoubled = m3 - m4;
        result[0] = m0 + sum + sumDoubled;
        result[step] = difference + (differenceDoubled * 2);
        result[2 * step] = sum + (sumDoubled * 4);
        result[3 * step] = difference + (differenceDoubled * 8) + m5;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Load(float* source) => Unsafe.ReadUnaligned<Vector512<float>>(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<float> value, float* destination) => Unsafe.WriteUnaligned(destination, value);
}

using System.Numerics;
using Road.Torch.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Scoring;

/// <summary>
/// Runs a backbone over an image tile by tile and puts its feature maps together. A tile starts where every map has a cell
/// that starts there too, and its margin is cut off; so where the margin holds all that a cell sees, the maps are those of
/// the whole image but for rounding.
/// </summary>
internal static class TiledBackbone
{
    private const int LargestStride = 32;

    /// <summary>Extracts features as <see cref="SegmentationNetwork.Extract"/> does, without the intermediate map.</summary>
    /// <param name="network">The network.</param>
    /// <param name="input">Normalised images, <c>N x 3 x H x W</c>.</param>
    /// <param name="tileSize">The side of a tile in pixels.</param>
    /// <param name="margin">The pixels around it.</param>
    public static BackboneFeatures Extract(SegmentationNetwork network, Tensor input, int tileSize, int margin)
    {
        int step = LargestStride * network.Backbone.OutputStride / (int)BigInteger.GreatestCommonDivisor(
            LargestStride, network.Backbone.OutputStride);
        Tile[] rows = Split(input.shape[2], tileSize, margin, step);
        Tile[] columns = Split(input.shape[3], tileSize, margin, step);
        using DisposeScope scope = NewDisposeScope();

        // Outside inference mode all layers go the direct way, which takes less memory.
        using IDisposable direct = inference_mode(false);
        using IDisposable noGradient = no_grad();

        // The tile in the last corner tells how large the maps are. With the maps in place before the others, no tile leaves
        // anything behind between the large blocks that it takes and gives back, which would break up the free memory.
        Tensor[]? maps = null;
        foreach (Tile row in rows.Reverse())
        {
            foreach (Tile column in columns.Reverse())
            {
                FreedMemory.GiveBack();
                using DisposeScope pass = NewDisposeScope();
                BackboneFeatures features = network.Extract(input.narrow(2, row.Start, row.Length).narrow(3, column.Start, column.Length));
                Core[] cores =
                [
                    CutCore(features.Last, row, column, network.Backbone.OutputStride),
                    .. features.Skips.Select(
                        skip => CutCore(skip, row, column, (int)BitOperations.RoundUpToPowerOf2((uint)(0.7 * row.Length / skip.shape[2])))),
                ];
                maps ??= [.. cores.Select(static core => core.EmptyMap().MoveToOuterDisposeScope())];
                for (int i = 0; i < maps.Length; i++)
                {
                    cores[i].CopyInto(maps[i]);
                }
            }
        }

        FreedMemory.GiveBack();
        foreach (Tensor map in maps!)
        {
            map.MoveToOuterDisposeScope();
        }

        return new BackboneFeatures(maps[0]) { Skips = maps[1..] };
    }

    /// <summary>The cells of a tile's map that lie over the tile itself.</summary>
    private static Core CutCore(Tensor map, Tile row, Tile column, int stride)
    {
        (long top, long height) = row.Cells(map.shape[2], stride);
        (long left, long width) = column.Cells(map.shape[3], stride);
        return new Core(map.narrow(2, top, height).narrow(3, left, width), (row.Start / stride) + top, (column.Start / stride) + left);
    }

    private static Tile[] Split(long size, int tileSize, int margin, int step)
    {
        long count = (size + tileSize - 1) / tileSize;
        long core = Align((size + count - 1) / count);
        long around = Align(margin);
        List<Tile> tiles = [];
        for (long position = 0; position < size; position += core)
        {
            long start = Math.Max(0, position - around);
            long end = Math.Min(size, position + core);
            tiles.Add(new Tile(start, Math.Min(size, end + around) - start, position - start, end == size ? null : end - start));
        }

        return [.. tiles];

        long Align(long pixels) => (pixels + step - 1) / step * step;
    }

    /// <summary>A tile's part of a map.</summary>
    /// <param name="Cells">The cells, <c>N x C x h x w</c>.</param>
    /// <param name="Top">The map's row that their first row is.</param>
    /// <param name="Left">The map's column that their first column is.</param>
    private readonly record struct Core(Tensor Cells, long Top, long Left)
    {
        /// <summary>A map that ends where these cells end, in their order in memory.</summary>
        public Tensor EmptyMap()
        {
            long[] shape = [Cells.shape[0], Cells.shape[1], Top + Cells.shape[2], Left + Cells.shape[3]];
            return Cells.stride(1) == 1
                ? empty([shape[0], shape[2], shape[3], shape[1]], Cells.dtype, Cells.device).permute(0, 3, 1, 2)
                : empty(shape, Cells.dtype, Cells.device);
        }

        /// <summary>Copies the cells to their place in the map.</summary>
        public void CopyInto(Tensor map) =>
            map.narrow(2, Top, Cells.shape[2]).narrow(3, Left, Cells.shape[3]).copy_(Cells);
    }

    /// <summary>A tile along one axis, in pixels.</summary>
    /// <param name="Start">Where it starts in the image, with its margin.</param>
    /// <param name="Length">Its length with its margins.</param>
    /// <param name="CoreStart">Where it starts without its margin, from <paramref name="Start"/> on.</param>
    /// <param name="CoreEnd">Where it ends without its margin; null at the image's edge.</param>
    private readonly record struct Tile(long Start, long Length, long CoreStart, long? CoreEnd)
    {
        /// <summary>The first of a map's cells over the tile without its margin, and their number.</summary>
        public (long First, long Count) Cells(long cells, int stride)
        {
            long first = CoreStart / stride;
            return (first, (CoreEnd is { } end ? end / stride : cells) - first);
        }
    }
}

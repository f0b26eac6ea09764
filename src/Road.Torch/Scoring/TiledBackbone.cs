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
        int step = LargestStride * network.Backbone.OutputStride / (int)BigInteger.GreatestCommonDivisor(LargestStride, network.Backbone.OutputStride);
        Tile[] rows = Split(input.shape[2], tileSize, margin, step);
        Tile[] columns = Split(input.shape[3], tileSize, margin, step);
        using DisposeScope scope = NewDisposeScope();
        Tensor[][] bands = [.. rows.Select(row => Band(network, input.narrow(2, row.Start, row.Length), row, columns))];
        Tensor[] maps = [.. Enumerable.Range(0, bands[0].Length).Select(i => cat([.. bands.Select(band => band[i])], 2).MoveToOuterDisposeScope())];
        return new BackboneFeatures(maps[0]) { Skips = maps[1..] };
    }

    /// <summary>The last map and the skips of a row of tiles, without the margins.</summary>
    private static Tensor[] Band(SegmentationNetwork network, Tensor input, Tile row, Tile[] columns)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[][] tiles = [.. columns.Select(column => Cores(network, input.narrow(3, column.Start, column.Length), row, column))];
        return [.. Enumerable.Range(0, tiles[0].Length).Select(i => cat([.. tiles.Select(tile => tile[i])], 3).MoveToOuterDisposeScope())];
    }

    private static Tensor[] Cores(SegmentationNetwork network, Tensor input, Tile row, Tile column)
    {
        using DisposeScope scope = NewDisposeScope();
        BackboneFeatures features = network.Extract(input);
        Tensor[] cores =
        [
            Core(features.Last, row, column, network.Backbone.OutputStride),
            .. features.Skips.Select(skip => Core(skip, row, column, (int)BitOperations.RoundUpToPowerOf2((uint)(0.7 * row.Length / skip.shape[2])))),
        ];
        return [.. cores.Select(static core => core.MoveToOuterDisposeScope())];
    }

    /// <summary>The cells of a tile's map that lie over the tile itself; a copy, so that the map can go.</summary>
    private static Tensor Core(Tensor map, Tile row, Tile column, int stride)
    {
        using DisposeScope scope = NewDisposeScope();
        (long top, long height) = row.Cells(map.shape[2], stride);
        (long left, long width) = column.Cells(map.shape[3], stride);
        return map.narrow(2, top, height).narrow(3, left, width).clone().MoveToOuterDisposeScope();
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

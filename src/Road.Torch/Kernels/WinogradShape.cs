namespace Road.Torch.Networks;

/// <summary>The map of a convolution that keeps its size, cut into tiles.</summary>
/// <param name="Height">H.</param>
/// <param name="Width">W.</param>
/// <param name="Dilation">The distance of the outputs of a tile and of the inputs of a filter.</param>
internal readonly record struct WinogradShape(int Height, int Width, int Dilation)
{
    /// <summary>The number of tiles.</summary>
    public long TileCount => Starts(Height) * Starts(Width);

    /// <summary>The first output of each tile.</summary>
    public (int Row, int Column)[] Tiles()
    {
        int dilation = Dilation;
        int reach = WinogradTransforms.TileSide * dilation;
        int[] columns = [.. Enumerable.Range(0, Width).Where(IsStart)];
        return [.. Enumerable.Range(0, Height).Where(IsStart).SelectMany(row => columns.Select(column => (row, column)))];

        bool IsStart(int position) => position % reach < dilation;
    }

    // Outputs a dilation apart see the same inputs, so a tile takes every so manyth position and others start between them.
    private long Starts(int size)
    {
        (int whole, int rest) = Math.DivRem(size, WinogradTransforms.TileSide * Dilation);
        return ((long)whole * Dilation) + Math.Min(rest, Dilation);
    }
}

namespace Road.Torch.Networks;

/// <summary>The map of a convolution that keeps its size, cut into tiles.</summary>
/// <param name="Height">H.</param>
/// <param name="Width">W.</param>
/// <param name="Dilation">The distance of the outputs of a tile and of the inputs of a filter.</param>
internal readonly record struct WinogradShape(int Height, int Width, int Dilation)
{
    /// <summary>The rows at which tiles start.</summary>
    public int[] Rows() => Starts(Height);

    /// <summary>The columns at which tiles start.</summary>
    public int[] Columns() => Starts(Width);

    // Outputs a dilation apart see the same inputs, so a tile takes every so manyth position and others start between them.
    private int[] Starts(int size)
    {
        int reach = WinogradTransforms.TileSide * Dilation;
        int dilation = Dilation;
        return [.. Enumerable.Range(0, size).Where(position => position % reach < dilation)];
    }
}

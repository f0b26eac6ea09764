namespace Road.Torch.Data;

/// <summary>The size of an image.</summary>
/// <param name="Width">The width in pixels.</param>
/// <param name="Height">The height in pixels.</param>
public readonly record struct ImageSize(int Width, int Height)
{
    /// <summary>The size as <c>width x height</c>.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"{Width} x {Height}";
}

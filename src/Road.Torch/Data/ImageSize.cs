namespace Road.Torch.Data;

/// <summary>The size of an image.</summary>
/// <param name="Width">The width in pixels.</param>
/// <param name="Height">The height in pixels.</param>
public readonly record struct ImageSize(int Width, int Height)
{
    /// <summary>The size that an image of this size is scaled to.</summary>
    /// <param name="target">The size wanted, each side 1 or more.</param>
    /// <param name="fit">What becomes of the aspect ratio.</param>
    /// <returns>
    /// <paramref name="target"/>, or where the aspect ratio is kept, the largest size within it of that ratio: one side is
    /// the target's, the other is rounded, halves up, and is 1 at least.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">A side is below 1.</exception>
    public ImageSize FitTo(ImageSize target, ImageFit fit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Math.Min(Width, Height), 1, "size");
        ArgumentOutOfRangeException.ThrowIfLessThan(Math.Min(target.Width, target.Height), 1, nameof(target));
        if (fit == ImageFit.Stretch)
        {
            return target;
        }

        return (long)Width * target.Height >= (long)Height * target.Width
            ? target with { Height = Scaled(Height, target.Width, Width) }
            : target with { Width = Scaled(Width, target.Height, Height) };

        static int Scaled(int side, long target, long other) => (int)Math.Max(1, ((2 * side * target) + other) / (2 * other));
    }

    /// <summary>The size as <c>width x height</c>.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"{Width} x {Height}";
}

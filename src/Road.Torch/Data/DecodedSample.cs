namespace Road.Torch.Data;

/// <summary>A decoded image and, where it has one, its label mask: the unit that augmentation works on.</summary>
public sealed class DecodedSample
{
    /// <summary>The label value that no loss and no metric counts.</summary>
    public const byte IgnoredLabel = 255;

    /// <summary>Wraps an image and its labels; the arrays are not copied.</summary>
    /// <param name="width">The width in pixels, at least 1.</param>
    /// <param name="height">The height in pixels, at least 1.</param>
    /// <param name="pixels">Row-major interleaved RGB, <c>height x width x 3</c> bytes.</param>
    /// <param name="labels">
    /// Row-major class indices, <c>height x width</c> bytes, <see cref="IgnoredLabel"/> where nothing counts; null for
    /// an unlabelled image.
    /// </param>
    /// <exception cref="ArgumentException">An array's length does not fit the size.</exception>
    public DecodedSample(int width, int height, byte[] pixels, byte[]? labels = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentNullException.ThrowIfNull(pixels);
        long count = (long)width * height;
        if (pixels.LongLength != 3 * count)
        {
            throw new ArgumentException(
                $"An image of {width} x {height} has {3 * count} RGB bytes, not {pixels.LongLength}.", nameof(pixels));
        }

        if (labels is not null && labels.LongLength != count)
        {
            throw new ArgumentException(
                $"The label mask has {labels.LongLength} pixels, its image {width} x {height} = {count}.", nameof(labels));
        }

        Width = width;
        Height = height;
        Pixels = pixels;
        Labels = labels;
    }

    /// <summary>The width in pixels.</summary>
    public int Width { get; }

    /// <summary>The height in pixels.</summary>
    public int Height { get; }

    /// <summary>Row-major interleaved RGB, <c>Height x Width x 3</c> bytes.</summary>
    public byte[] Pixels { get; }

    /// <summary>Row-major class indices, or null for an unlabelled image.</summary>
    public byte[]? Labels { get; }
}

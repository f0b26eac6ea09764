using System.Globalization;
using Road.MLNet.Data;
using Road.Torch.Data;

namespace Road.MLNet;

/// <summary>
/// A label mask in memory: the class of each pixel of an image, a copy of its own. <see cref="LabelEncoding.Decode(Stream)"/> makes one of
/// a mask's file, and <see cref="SegmentationImageCatalog.LoadSegmentationImages(Microsoft.ML.DataOperationsCatalog,
/// IReadOnlyList{LabelledImage}, LabelEncoding, string, string)"/> puts it beside its image.
/// </summary>
public sealed class LabelImage
{
    // Class + 1, and 0 for no class, as label columns hold them.
    private readonly byte[] _keys;

    /// <summary>Takes the classes of an image's pixels.</summary>
    /// <param name="classes">
    /// Row-major <paramref name="height"/> x <paramref name="width"/>: the class's index, 0 to 253, or 255 for a pixel that losses and
    /// metrics ignore.
    /// </param>
    /// <param name="width">The width in pixels, 1 or more.</param>
    /// <param name="height">The height in pixels, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The width or the height is less than 1.</exception>
    /// <exception cref="ArgumentException">
    /// The number of classes is not that of the pixels, or a pixel has 254, which is no class; the message has both.
    /// </exception>
    public LabelImage(ReadOnlySpan<byte> classes, int width, int height)
    {
        byte[] keys = new byte[classes.Length];
        LabelColumn.ToKeys(classes, keys);
        LabelMask mask = new(keys, width, height);
        int wrong = mask.Keys.IndexOf(DecodedSample.IgnoredLabel);
        if (wrong >= 0)
        {
            throw new ArgumentException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The pixel ({wrong % width}, {wrong / width}) has the class 254; classes are 0 to 253, and 255 is ignored."),
                nameof(classes));
        }

        (_keys, Width, Height) = (keys, width, height);
    }

    /// <summary>The width in pixels.</summary>
    public int Width { get; }

    /// <summary>The height in pixels.</summary>
    public int Height { get; }

    /// <summary>The keys, as label columns hold them and drawings take them; a view of this, not a copy.</summary>
    public LabelMask Mask => new(_keys, Width, Height);
}

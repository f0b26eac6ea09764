using System.Globalization;
using Microsoft.ML.Data;
using Road.Files;
using Road.MLNet.Data;

namespace Road.MLNet;

/// <summary>
/// A label mask with its size, as label columns hold them: one key a pixel, where key k stands for class k - 1 and key 0 for no class. It
/// is a view of the keys, not a copy.
/// </summary>
public readonly ref struct LabelMask
{
    /// <summary>Takes keys for a mask.</summary>
    /// <param name="keys">Row-major <paramref name="height"/> x <paramref name="width"/> keys.</param>
    /// <param name="width">The width in pixels, 1 or more.</param>
    /// <param name="height">The height in pixels, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The width or the height is less than 1.</exception>
    /// <exception cref="ArgumentException">The number of keys is not that of the pixels; the message has both.</exception>
    public LabelMask(ReadOnlySpan<byte> keys, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (keys.Length != (long)width * height)
        {
            throw new ArgumentException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The label mask has {keys.Length} keys, but {width} x {height} pixels need {(long)width * height}."),
                nameof(keys));
        }

        Keys = keys;
        Width = width;
        Height = height;
    }

    /// <summary>Row-major <see cref="Height"/> x <see cref="Width"/> keys: class + 1, or 0 for no class.</summary>
    public ReadOnlySpan<byte> Keys { get; }

    /// <summary>The width in pixels.</summary>
    public int Width { get; }

    /// <summary>The height in pixels.</summary>
    public int Height { get; }

    /// <summary>The mask of a row, such as <c>PredictedLabel</c> and <c>PredictedLabelSize</c>.</summary>
    /// <param name="label">The row's keys. They must not change while the mask is in use.</param>
    /// <param name="size">The row's width and height, from the column named after the label's with <c>Size</c> behind it.</param>
    /// <exception cref="ArgumentException">The size is not two numbers, or not that of the keys; the message has both.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The width or the height is less than 1.</exception>
    public static LabelMask From(in VBuffer<byte> label, in VBuffer<int> size)
    {
        if (size.Length != 2)
        {
            throw new ArgumentException($"A mask's size is 2 numbers, width and height, not {size.Length}.", nameof(size));
        }

        ReadOnlySpan<byte> keys = label.IsDense ? label.GetValues() : (byte[])[.. label.DenseValues()];
        return new LabelMask(keys, size.GetItemOrDefault(0), size.GetItemOrDefault(1));
    }

    /// <summary>
    /// Writes the mask as a PNG file that is numbers and colours in one, as Pascal VOC has it: an indexed image, whose pixels are the
    /// classes' ids and whose palette is their colours. Viewers show it in colours, and <see cref="LabelEncoding.FromIds"/> reads it as
    /// labels. A file's folder must exist.
    /// </summary>
    /// <param name="path">The file, written whole or not at all.</param>
    /// <param name="colors">The colour of each class.</param>
    /// <param name="ids">The id of each class, 0 to 254, each its own; null for its index. Pixels of no class get 255 and black.</param>
    /// <exception cref="ArgumentException">
    /// The mask has a key for which there is no colour, or the ids are another number than the colours, or not each its own, or 255.
    /// </exception>
    /// <exception cref="IOException">The file cannot be written; the message names it.</exception>
    public void SavePng(string path, IReadOnlyList<RgbColor> colors, IReadOnlyList<byte>? ids = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        (byte[] indices, byte[] palette) = MaskPalette.Apply(this, colors, ids);
        (int width, int height) = (Width, Height);
        AtomicFile.Write(path, stream => LabelPngWriter.Write(stream, indices, width, height, palette));
    }

    /// <summary>The same into a stream, which stays open.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="colors">The colour of each class.</param>
    /// <param name="ids">The id of each class, 0 to 254, each its own; null for its index. Pixels of no class get 255 and black.</param>
    /// <exception cref="ArgumentException">
    /// The mask has a key for which there is no colour, or the ids are another number than the colours, or not each its own, or 255.
    /// </exception>
    public void SavePng(Stream stream, IReadOnlyList<RgbColor> colors, IReadOnlyList<byte>? ids = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        (byte[] indices, byte[] palette) = MaskPalette.Apply(this, colors, ids);
        LabelPngWriter.Write(stream, indices, Width, Height, palette);
    }
}

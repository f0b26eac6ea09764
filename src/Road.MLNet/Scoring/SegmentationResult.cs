using System.Globalization;
using System.Numerics.Tensors;
using Microsoft.ML.Data;
using Road.Torch.Scoring;

namespace Road.MLNet;

/// <summary>
/// What a model sees in one image: the class of every pixel, how sure it is, and pictures of both. It holds a copy of the image for the
/// pictures, which disposing frees; numbers stay usable. Safe to read from several threads at once.
/// </summary>
public sealed class SegmentationResult : IDisposable
{
    private readonly byte[] _keys;
    private readonly MLImage _image;
    private double[]? _shares;
    private volatile bool _disposed;

    /// <summary>Takes over an image and what was predicted of it.</summary>
    internal SegmentationResult(
        MLImage image, SegmentationPrediction prediction, IReadOnlyList<string> classNames, IReadOnlyList<RgbColor> classColors)
    {
        _image = image;
        _keys = prediction.Labels;
        TensorPrimitives.Add(_keys, (byte)1, _keys);
        (Width, Height) = (prediction.Width, prediction.Height);
        Confidence = prediction.Confidences;
        ClassNames = classNames;
        ClassColors = classColors;
    }

    /// <summary>The width in pixels, of the image as it is seen.</summary>
    public int Width { get; }

    /// <summary>The height in pixels, of the image as it is seen.</summary>
    public int Height { get; }

    /// <summary>The class of each pixel, row-major <c>Height x Width</c> keys: class + 1, so that key k has the name k - 1.</summary>
    public LabelMask Labels => new(_keys, Width, Height);

    /// <summary>How sure the model is of each pixel: the largest softmax probability, row-major <c>Height x Width</c>, 0 to 1.</summary>
    public ReadOnlyMemory<float> Confidence { get; }

    /// <summary>The classes' names.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>The classes' colours, in the order of <see cref="ClassNames"/>.</summary>
    public IReadOnlyList<RgbColor> ClassColors { get; }

    /// <summary>The share of the image that each class covers, 0 to 1 and 1 in all, in the order of <see cref="ClassNames"/>.</summary>
    public IReadOnlyList<double> Shares => _shares ??= CountShares();

    /// <summary>The image that was scored, upright. It is the result's, and disposed with it.</summary>
    /// <exception cref="ObjectDisposedException">The result is disposed.</exception>
    public MLImage Image
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _image;
        }
    }

    /// <summary>Draws the mask over the image.</summary>
    /// <param name="opacity">How much of the mask is seen: 0, the image alone, to 1, the mask alone.</param>
    /// <param name="legend">Whether the classes that occur, and their shares, stand below.</param>
    /// <returns>The picture; the caller disposes it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The opacity is outside its range.</exception>
    /// <exception cref="InvalidOperationException">A legend is wanted, and the system has no font.</exception>
    /// <exception cref="ObjectDisposedException">The result is disposed.</exception>
    public MLImage Overlay(double opacity = 0.5, bool legend = false) =>
        Finish(SegmentationDrawing.Overlay(Image, Labels, ClassColors, opacity), legend);

    /// <summary>Draws the mask in the classes' colours.</summary>
    /// <param name="legend">Whether the classes that occur, and their shares, stand below.</param>
    /// <returns>The picture; the caller disposes it.</returns>
    /// <exception cref="InvalidOperationException">A legend is wanted, and the system has no font.</exception>
    public MLImage Mask(bool legend = false) => Finish(SegmentationDrawing.Paint(Labels, ClassColors), legend);

    /// <summary>Draws where classes meet on the image.</summary>
    /// <param name="color">The lines' colour; white by default.</param>
    /// <returns>The picture; the caller disposes it.</returns>
    /// <exception cref="ObjectDisposedException">The result is disposed.</exception>
    public MLImage Outlined(RgbColor? color = null) => SegmentationDrawing.Outline(Image, Labels, color);

    /// <summary>Draws how sure the model is, see <see cref="SegmentationDrawing.ConfidenceMap"/>.</summary>
    /// <returns>The picture; the caller disposes it.</returns>
    public MLImage ConfidenceMap() => SegmentationDrawing.ConfidenceMap(Confidence.Span, Width, Height);

    /// <summary>
    /// Writes the mask as an indexed PNG file, see <see cref="LabelMask.SavePng(string, IReadOnlyList{RgbColor}, IReadOnlyList{byte})"/>:
    /// pixels are class indices from 0, and the palette is the classes' colours.
    /// </summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <exception cref="IOException">The file cannot be written; the message names it.</exception>
    public void SaveMask(string path) => Labels.SavePng(path, ClassColors);

    /// <summary>The same into a stream, which stays open.</summary>
    /// <param name="stream">The stream.</param>
    public void SaveMask(Stream stream) => Labels.SavePng(stream, ClassColors);

    /// <summary>Frees the image.</summary>
    public void Dispose()
    {
        _disposed = true;
        _image.Dispose();
    }

    private MLImage Finish(MLImage picture, bool legend)
    {
        if (!legend)
        {
            return picture;
        }

        using (picture)
        {
            int[] seen = [.. Enumerable.Range(0, ClassNames.Count).Where(index => Shares[index] > 0)];
            return SegmentationDrawing.AddLegend(
                picture,
                [.. seen.Select(index => string.Create(CultureInfo.InvariantCulture, $"{ClassNames[index]} {100 * Shares[index]:0.#} %"))],
                [.. seen.Select(index => ClassColors[index])]);
        }
    }

    private double[] CountShares()
    {
        int[] counts = new int[byte.MaxValue + 1];
        foreach (byte key in _keys)
        {
            counts[key]++;
        }

        return [.. counts.Skip(1).Take(ClassNames.Count).Select(count => (double)count / _keys.Length)];
    }
}

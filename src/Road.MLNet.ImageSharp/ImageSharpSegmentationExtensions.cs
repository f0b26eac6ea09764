using Microsoft.ML.Data;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;

namespace Road.MLNet;

/// <summary>Scores images of ImageSharp, and gives what was found as such images.</summary>
public static class ImageSharpSegmentationExtensions
{
    /// <summary>
    /// Scores one image: the class of every pixel, with colours, confidence and pictures, see
    /// <see cref="RoadTransformer.Segment(MLImage, CancellationToken)"/>. It is turned upright by its metadata unless
    /// <see cref="RoadTransformer.ImageOrientation"/> says otherwise; an image that <c>AutoOrient</c> has turned stays as it is.
    /// </summary>
    /// <param name="transformer">The network.</param>
    /// <param name="image">The image, of any pixels; it stays the caller's, and may be disposed before the result.</param>
    /// <param name="cancellationToken">Is looked at before the network runs.</param>
    /// <returns>The result, in the size of the image as it is seen; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">The image has more than 536,870,911 pixels.</exception>
    /// <exception cref="InvalidDataException">The image is too small for the network.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The transformer is disposed.</exception>
    public static SegmentationResult Segment(this RoadTransformer transformer, Image image, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transformer);
        cancellationToken.ThrowIfCancellationRequested();
        MLImage own = image.ToMLImage(transformer.ImageOrientation);
        return transformer.SegmentOwn(own, static size => $"The image has {size} pixels", cancellationToken);
    }

    /// <summary>
    /// The class of each pixel as a grey image: class indices from 0, and 255 for no class. Saved as PNG, TIFF or BMP it is a mask that
    /// <see cref="LabelEncoding.FromIds"/> reads; <see cref="SegmentationResult.SaveMask(string)"/> writes one with colours beside the
    /// indices, which ImageSharp cannot.
    /// </summary>
    /// <param name="result">The result.</param>
    /// <returns>The image; the caller disposes it.</returns>
    public static Image<L8> LabelsAsImageSharp(this SegmentationResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        LabelMask labels = result.Labels;
        L8[] pixels = new L8[labels.Keys.Length];
        for (int i = 0; i < pixels.Length; i++)
        {
            // Key 0, no class, wraps around to 255.
            pixels[i] = new L8(unchecked((byte)(labels.Keys[i] - 1)));
        }

        return Image.LoadPixelData(pixels, labels.Width, labels.Height);
    }

    /// <summary>Draws the mask in the classes' colours, see <see cref="SegmentationResult.Mask"/>.</summary>
    /// <param name="result">The result.</param>
    /// <param name="legend">Whether the classes that occur, and their shares, stand below.</param>
    /// <returns>The picture; the caller disposes it.</returns>
    /// <exception cref="InvalidOperationException">A legend is wanted, and the system has no font.</exception>
    public static Image<Rgba32> MaskAsImageSharp(this SegmentationResult result, bool legend = false)
    {
        ArgumentNullException.ThrowIfNull(result);
        using MLImage mask = result.Mask(legend);
        return mask.ToImageSharp<Rgba32>();
    }

    /// <summary>Draws the mask over the image, see <see cref="SegmentationResult.Overlay"/>.</summary>
    /// <param name="result">The result.</param>
    /// <param name="opacity">How much of the mask is seen: 0, the image alone, to 1, the mask alone.</param>
    /// <param name="legend">Whether the classes that occur, and their shares, stand below.</param>
    /// <returns>The picture; the caller disposes it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The opacity is outside its range.</exception>
    /// <exception cref="InvalidOperationException">A legend is wanted, and the system has no font.</exception>
    /// <exception cref="ObjectDisposedException">The result is disposed.</exception>
    public static Image<Rgba32> OverlayAsImageSharp(this SegmentationResult result, double opacity = 0.5, bool legend = false)
    {
        ArgumentNullException.ThrowIfNull(result);
        using MLImage overlay = result.Overlay(opacity, legend);
        return overlay.ToImageSharp<Rgba32>();
    }
}

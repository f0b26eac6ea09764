using Microsoft.ML.Data;
using Road.MLNet.Data;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;

namespace Road.MLNet;

/// <summary>Turns images of ImageSharp into those of ML.NET, and back, in memory.</summary>
public static class ImageSharpImageExtensions
{
    extension(MLImage)
    {
        /// <summary>
        /// Reads an image file: what <see cref="MLImage.CreateFromFile"/> reads, and TIFF, PBM and TGA. Colours are those of the file,
        /// whatever their alpha is; 16 bits are rounded to 8.
        /// </summary>
        /// <param name="path">The file.</param>
        /// <param name="options">How it is read; null for the defaults.</param>
        /// <returns>The image; the caller disposes it.</returns>
        /// <exception cref="InvalidDataException">
        /// It is no image, damaged, cut off, or has more pixels than allowed; the message names it.
        /// </exception>
        /// <exception cref="IOException">It is missing, no regular file, or cannot be read; the message names it.</exception>
        /// <exception cref="UnauthorizedAccessException">It may not be read; the message names it.</exception>
        public static MLImage CreateFromFileWithImageSharp(string path, ImageSharpOptions? options = null)
        {
            ArgumentException.ThrowIfNullOrEmpty(path);
            return ImageSharpDecoder.Load(path, options ?? new ImageSharpOptions());
        }

        /// <summary>
        /// Reads an image file out of a stream, such as an upload, to its end into memory: who takes streams of strangers limits their
        /// length.
        /// </summary>
        /// <param name="stream">The file, from the stream's position on; it stays open.</param>
        /// <param name="options">How it is read; null for the defaults.</param>
        /// <param name="cancellationToken">Is looked at while the stream is read.</param>
        /// <returns>The image; the caller disposes it.</returns>
        /// <exception cref="InvalidDataException">
        /// It is no image, damaged, cut off, or has more pixels than allowed; the message says which.
        /// </exception>
        /// <exception cref="IOException">The stream cannot be read, or is longer than 2 GB.</exception>
        /// <exception cref="OperationCanceledException">It was cancelled.</exception>
        public static MLImage CreateFromStreamWithImageSharp(
            Stream stream, ImageSharpOptions? options = null, CancellationToken cancellationToken = default)
        {
            ArgumentNullException.ThrowIfNull(stream);
            using MemoryStream content = StreamBytes.Read(stream, cancellationToken);
            return ImageSharpDecoder.Load(content, "image stream", options ?? new ImageSharpOptions());
        }
    }

    /// <summary>
    /// Copies an image, its first frame, into one of ML.NET, 32-bit BGRA. Colours are not multiplied by their alpha, as networks of this
    /// library read them; what is transparent keeps its colour.
    /// </summary>
    /// <param name="image">The image, of any pixels; it stays the caller's, unchanged.</param>
    /// <param name="orientation">
    /// Whether the copy is turned as the image's metadata says, as viewers show it; one that <c>AutoOrient</c> has turned says nothing.
    /// </param>
    /// <returns>The copy; the caller disposes it, before the image or after.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The orientation is not one of the enumeration's.</exception>
    /// <exception cref="ArgumentException">The image has more than 536,870,911 pixels.</exception>
    public static MLImage ToMLImage(this Image image, ImageOrientation orientation = ImageOrientation.Upright)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (PixelLimit.FindFault(image.Width, image.Height, PixelLimit.Highest) is { } fault)
        {
            throw new ArgumentException($"The image cannot be copied: {fault}.", nameof(image));
        }

        return ImageSharpPixels.ToMLImage(image, ImageSharpPixels.Origin(image, orientation));
    }

    /// <summary>
    /// Copies an image of ML.NET into one of ImageSharp, pixel for pixel. ImageSharp's colours are not multiplied by their alpha, and
    /// neither are those of images that this library makes.
    /// </summary>
    /// <typeparam name="TPixel">The pixels wanted, such as <see cref="Rgba32"/>.</typeparam>
    /// <param name="image">The image, 32-bit BGRA or RGBA; it stays the caller's.</param>
    /// <param name="isPremultiplied">
    /// Whether the image's colours are multiplied by their alpha, as those of transparent files are that <c>LoadImages</c> or
    /// <see cref="MLImage.CreateFromFile"/> has read; they are divided again then, as far as 8 bits allow.
    /// </param>
    /// <returns>The copy; the caller disposes it, before the image or after.</returns>
    /// <exception cref="NotSupportedException">The image has another pixel format.</exception>
    public static Image<TPixel> ToImageSharp<TPixel>(this MLImage image, bool isPremultiplied = false)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        ArgumentNullException.ThrowIfNull(image);
        return ImageSharpPixels.FromMLImage<TPixel>(image, isPremultiplied);
    }
}

using Microsoft.ML.Data;
using Road.Files;
using SkiaSharp;

namespace Road.MLNet.Data;

/// <summary>
/// Decodes what <c>LoadImages</c> decodes to other pixels than people see or simulators mean: it leaves photos lying on their side that
/// say in their metadata how they are to be turned, and multiplies colours by their alpha, which makes images black whose writer left
/// alpha at 0.
/// </summary>
internal static class ImageDecoder
{
    /// <summary>Looks at an image file, and decodes it where <c>LoadImages</c> would give something else.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxPixels">The most pixels that it may have.</param>
    /// <param name="orientation">Whether it is turned as its metadata says.</param>
    /// <param name="isCutOff">Whether the file's end is missing, which <c>LoadImages</c> does not mind.</param>
    /// <returns>The image, the caller's; null where <c>LoadImages</c> is to decode the file.</returns>
    /// <exception cref="InvalidDataException">
    /// It is no image, damaged, or has more pixels; the message says which, with the file's name.
    /// </exception>
    /// <exception cref="IOException">It is missing, no regular file, or cannot be read; the message names it.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read; the message names it.</exception>
    public static MLImage? Decode(string path, int maxPixels, ImageOrientation orientation, out bool isCutOff)
    {
        using FileStream file = InputFile.Open(path, ImageFile.Kind);
        return Decode(file, ImageFile.Subject(path), maxPixels, orientation, out isCutOff);
    }

    /// <summary>Reads a whole image, as training and scoring read it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxPixels">The most pixels that it may have.</param>
    /// <param name="orientation">Whether it is turned as its metadata says.</param>
    /// <returns>The image, the caller's.</returns>
    /// <exception cref="InvalidDataException">It is no image, damaged, cut off, or has more pixels; the message names it.</exception>
    /// <exception cref="IOException">It is missing, no regular file, or cannot be read; the message names it.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read; the message names it.</exception>
    public static MLImage Load(string path, int maxPixels, ImageOrientation orientation)
    {
        using FileStream file = InputFile.Open(path, ImageFile.Kind);
        return Load(file, ImageFile.Subject(path), maxPixels, orientation);
    }

    /// <summary>The same for what a stream holds from its beginning on, which can be read at any place.</summary>
    /// <param name="file">The stream, which may be closed afterwards.</param>
    /// <param name="subject">What messages call it.</param>
    /// <param name="maxPixels">The most pixels that it may have.</param>
    /// <param name="orientation">Whether it is turned as its metadata says.</param>
    /// <returns>The image, the caller's.</returns>
    /// <exception cref="InvalidDataException">It is no image, damaged, cut off, or has more pixels; the message says which.</exception>
    public static MLImage Load(Stream file, string subject, int maxPixels, ImageOrientation orientation)
    {
        try
        {
            MLImage? image = Decode(file, subject, maxPixels, orientation, out bool isCutOff);
            if (isCutOff)
            {
                throw new InvalidDataException($"the {subject} is cut off");
            }

            if (image is not null)
            {
                return image;
            }

            file.Position = 0;
            return MLImage.CreateFromStream(file);
        }
        catch (InvalidDataException error)
        {
            // Where rows are read, such words stand behind others.
            throw new InvalidDataException($"T{error.Message[1..].TrimEnd('.')}.", error);
        }
        catch (ArgumentException error)
        {
            throw new InvalidDataException($"The {subject} is damaged and cannot be decoded.", error);
        }
    }

    private static MLImage? Decode(Stream file, string subject, int maxPixels, ImageOrientation orientation, out bool isCutOff)
    {
        using SKCodec codec = ImageFile.ReadHeader(file, subject, maxPixels);
        PngParts? png = codec.EncodedFormat == SKEncodedImageFormat.Png ? PngParts.Read(file) : null;
        SKEncodedOrigin origin = Origin(codec, file, orientation, png);
        if (IsOpaque(codec) && origin == SKEncodedOrigin.TopLeft)
        {
            isCutOff = png is { } parts ? !parts.HasEnd : ImageFile.IsCutOff(file);
            return null;
        }

        // The decoder that is asked here says so itself.
        isCutOff = false;

        using SKBitmap stored = ReadPixels(codec, SKColorType.Bgra8888, subject);
        return ImageTurn.Apply(stored.GetPixelSpan(), stored.Width, stored.Height, MLPixelFormat.Bgra32, origin);
    }

    /// <summary>
    /// The same for an image that <c>LoadImages</c> has decoded and other transforms may have changed since: colours come from the file
    /// where the image is the file's, and what was changed is only turned.
    /// </summary>
    /// <param name="image">The image; <c>LoadImages</c> leaves its path in the tag, and an image without one is taken as it is.</param>
    /// <param name="orientation">Whether it is turned as its metadata says.</param>
    /// <returns>The image, the caller's; null where the one given is right.</returns>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static MLImage? Restore(MLImage image, ImageOrientation orientation)
    {
        if (image.Tag is not { Length: > 0 } path || !File.Exists(path))
        {
            return null;
        }

        using FileStream file = InputFile.Open(path, ImageFile.Kind);
        using SKCodec? codec = ImageFile.OpenHeader(file);
        if (codec is null)
        {
            return null;
        }

        SKEncodedOrigin origin = Origin(
            codec, file, orientation, codec.EncodedFormat == SKEncodedImageFormat.Png ? PngParts.Read(file) : null);
        if (!IsOpaque(codec) && (codec.Info.Width, codec.Info.Height) == (image.Width, image.Height))
        {
            using SKBitmap stored = ReadPixels(
                codec, image.PixelFormat == MLPixelFormat.Rgba32 ? SKColorType.Rgba8888 : SKColorType.Bgra8888, ImageFile.Subject(path));
            if (IsMultipliedByAlpha(image.Pixels, stored.GetPixelSpan()))
            {
                return ImageTurn.Apply(stored.GetPixelSpan(), stored.Width, stored.Height, image.PixelFormat, origin);
            }
        }

        return origin == SKEncodedOrigin.TopLeft
            ? null
            : ImageTurn.Apply(image.Pixels, image.Width, image.Height, image.PixelFormat, origin);
    }

    private static SKEncodedOrigin Origin(SKCodec codec, Stream file, ImageOrientation orientation, PngParts? png) =>
        orientation == ImageOrientation.AsStored ? SKEncodedOrigin.TopLeft
        : png is { } parts ? PngOrientation.Read(file, parts)
        : codec.EncodedOrigin;

    private static bool IsOpaque(SKCodec codec) => codec.Info.AlphaType == SKAlphaType.Opaque;

    /// <summary>Decodes to the colours of the file, whatever their alpha is.</summary>
    private static SKBitmap ReadPixels(SKCodec codec, SKColorType type, string subject)
    {
        SKBitmap bitmap = new(new SKImageInfo(
            codec.Info.Width, codec.Info.Height, type, IsOpaque(codec) ? SKAlphaType.Opaque : SKAlphaType.Unpremul));
        try
        {
            SKCodecResult result = codec.GetPixels(bitmap.Info, bitmap.GetPixels());
            return result switch
            {
                SKCodecResult.Success => bitmap,
                SKCodecResult.IncompleteInput => throw new InvalidDataException($"the {subject} is cut off"),
                _ => throw new InvalidDataException($"the {subject} is damaged and cannot be decoded"),
            };
        }
        catch
        {
            bitmap.Dispose();
            throw;
        }
    }

    /// <summary>Whether pixels are others times their alpha, as far as rounding goes.</summary>
    private static bool IsMultipliedByAlpha(ReadOnlySpan<byte> multiplied, ReadOnlySpan<byte> pixels)
    {
        for (int i = 0; i < pixels.Length; i += 4)
        {
            int alpha = pixels[i + 3];
            for (int channel = 0; channel < 3; channel++)
            {
                // In units of 1/255: |value * 255 - color * alpha| within one step of the value.
                if (Math.Abs((multiplied[i + channel] * 255) - (pixels[i + channel] * alpha)) > 255)
                {
                    return false;
                }
            }
        }

        return true;
    }
}

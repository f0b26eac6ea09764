using Microsoft.ML.Data;
using Road.Files;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Formats.Tiff;
using SixLabors.ImageSharp.Formats.Tiff.Constants;
using SixLabors.ImageSharp.Memory;
using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing;
using SkiaSharp;

namespace Road.MLNet.Data;

/// <summary>
/// Decodes files within limits: chosen formats, sizes known before memory is taken, nothing cut off. What is of none of the formats is left
/// to the core, so that a photo has the same pixels whichever loader reads it: decoders of JPEG differ.
/// </summary>
internal static class ImageSharpDecoder
{
    /// <summary>Reads an image file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What is read here, and how it is turned.</param>
    /// <returns>The image, the caller's.</returns>
    /// <exception cref="InvalidDataException">It is no image, damaged, cut off, or has more pixels; the message names it.</exception>
    /// <exception cref="IOException">It is missing, no regular file, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static MLImage Load(string path, ImageSharpOptions options)
    {
        using FileStream file = InputFile.Open(path, ImageFile.Kind);
        return Load(file, ImageFile.Subject(path), options);
    }

    /// <summary>The same for what a stream holds from its beginning on, which can be read at any place.</summary>
    /// <param name="file">The stream, which may be closed afterwards.</param>
    /// <param name="subject">What messages call it.</param>
    /// <param name="options">What is read here, and how it is turned.</param>
    /// <returns>The image, the caller's.</returns>
    /// <exception cref="InvalidDataException">It is no image, damaged, cut off, or has more pixels; the message says which.</exception>
    public static MLImage Load(Stream file, string subject, ImageSharpOptions options)
    {
        if (options.Formats.HasFlag(ImageSharpFormats.Pbm) && PnmHeader.Begins(file))
        {
            PnmHeader pnm = ReadPnmHeader(file, subject, options.MaxPixels);
            return Guard(subject, () => PnmReader.ReadImage(file, pnm));
        }

        if (ReadHeader(file, subject, options.MaxPixels, options.Formats) is not var (format, info) || IsNarrowPng(format, file))
        {
            file.Position = 0;
            return ImageDecoder.Load(file, subject, options.MaxPixels, options.Orientation);
        }

        using Image<Bgra32> image = Decode<Bgra32>(file, subject, format, info, options.Formats);
        SKEncodedOrigin origin = format is PngFormat && options.Orientation == ImageOrientation.Upright
            ? PngOrientation.Read(file, PngParts.Read(file))
            : ImageSharpPixels.Origin(image, options.Orientation);
        return ImageSharpPixels.ToMLImage(image, origin);
    }

    /// <summary>Reads the header of a PBM, PGM or PPM file, and refuses it by its size. The position is lost.</summary>
    /// <exception cref="InvalidDataException">It is damaged or cut off, or has more pixels.</exception>
    public static PnmHeader ReadPnmHeader(Stream file, string subject, int maxPixels)
    {
        PnmHeader header = Guard(subject, () => PnmHeader.Read(file));
        return PixelLimit.FindFault(header.Width, header.Height, maxPixels) is { } fault
            ? throw new InvalidDataException($"The {subject} cannot be read: {fault}.")
            : header;
    }

    /// <summary>Looks at what a file is, and refuses it by its size.</summary>
    /// <param name="file">The file, which stays open.</param>
    /// <param name="subject">What messages call it.</param>
    /// <param name="maxPixels">The most pixels that it may have.</param>
    /// <param name="formats">The formats that it may have.</param>
    /// <returns>The format and what its header says; null where it is of none of the formats.</returns>
    /// <exception cref="InvalidDataException">Its header is damaged, or it has more pixels.</exception>
    public static (IImageFormat Format, IImageInfo Info)? ReadHeader(Stream file, string subject, int maxPixels, ImageSharpFormats formats)
    {
        Configuration configuration = ImageSharpConfigurations.ForHeaders(formats);
        (IImageFormat? format, IImageInfo? info) = Guard(subject, () =>
        {
            file.Position = 0;
            IImageFormat? found = Image.DetectFormat(configuration, file);
            file.Position = 0;
            return (found, found is null ? null : Image.Identify(configuration, file));
        });
        if (format is null)
        {
            return null;
        }

        string? fault = info is null || info.Width < 1 || info.Height < 1
            ? "its header is damaged"
            : PixelLimit.FindFault(info.Width, info.Height, maxPixels);
        return fault is null ? (format, info!) : throw new InvalidDataException($"The {subject} cannot be read: {fault}.");
    }

    /// <summary>Decodes a file whose header is known.</summary>
    /// <typeparam name="TPixel">What its pixels become.</typeparam>
    /// <param name="file">The file, which stays open.</param>
    /// <param name="subject">What messages call it.</param>
    /// <param name="format">Its format.</param>
    /// <param name="info">What its header says.</param>
    /// <param name="formats">The formats that are decoded.</param>
    /// <returns>The image, the caller's.</returns>
    /// <exception cref="InvalidDataException">It is damaged or cut off.</exception>
    public static Image<TPixel> Decode<TPixel>(
        Stream file, string subject, IImageFormat format, IImageInfo info, ImageSharpFormats formats)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        if (Guard(subject, () => StoredLength.IsCutOff(file, format)))
        {
            throw new InvalidDataException($"The {subject} is cut off.");
        }

        Configuration configuration = ImageSharpConfigurations.ForPixels(formats, (long)info.Width * info.Height);
        Image<TPixel> image = Guard(subject, () =>
        {
            file.Position = 0;
            Image<TPixel> loaded = Image.Load<TPixel>(configuration, file);
            RestoreFax(loaded);
            return loaded;
        });
        string? fault = (image.Width, image.Height) != (info.Width, info.Height) ? "is damaged: it has two sizes"
            : StoredLength.AreStripsCutOff(image, file.Length) ? "is cut off"
            : null;
        if (fault is null)
        {
            return image;
        }

        image.Dispose();
        throw new InvalidDataException($"The {subject} {fault}.");
    }

    /// <summary>Whether a file is a PNG file of 8 bits a sample or less.</summary>
    private static bool IsNarrowPng(IImageFormat format, Stream file)
    {
        const int BitDepthPlace = 24;
        file.Position = BitDepthPlace;
        return format is PngFormat && file.ReadByte() != 16;
    }

    /// <summary>
    /// ImageSharp 2 takes what is written as white in a fax for white even where the file says that zeros are black: libtiff, and all that
    /// write by it, mean zeros.
    /// </summary>
    private static void RestoreFax(Image image)
    {
        TiffFrameMetadata metadata = image.Frames.RootFrame.Metadata.GetTiffMetadata();
        if (metadata.PhotometricInterpretation == TiffPhotometricInterpretation.BlackIsZero
            && metadata.Compression is TiffCompression.CcittGroup3Fax or TiffCompression.CcittGroup4Fax or TiffCompression.Ccitt1D)
        {
            image.Mutate(static picture => picture.Invert());
        }
    }

    /// <summary>Says whose fault it is, whatever a decoder throws at what it does not expect: it has no type of its own for that.</summary>
    public static T Guard<T>(string subject, Func<T> decode)
    {
        try
        {
            return decode();
        }
        catch (EndOfStreamException error)
        {
            throw new InvalidDataException($"The {subject} is cut off.", error);
        }
        catch (InvalidMemoryOperationException error)
        {
            throw new InvalidDataException($"The {subject} is damaged: it asks for more memory than an image of its size takes.", error);
        }
        catch (Exception error) when (error is not (IOException or UnauthorizedAccessException or OutOfMemoryException))
        {
            throw new InvalidDataException(
                $"The {subject} is damaged, or of a kind that is not supported: {error.Message.TrimEnd('.')}.", error);
        }
    }
}

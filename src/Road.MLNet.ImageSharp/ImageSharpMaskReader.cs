using Road.Files;
using Road.MLNet.Interop;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Formats.Bmp;
using SixLabors.ImageSharp.Formats.Tga;
using SixLabors.ImageSharp.Formats.Tiff;
using SixLabors.ImageSharp.Formats.Tiff.Constants;
using SixLabors.ImageSharp.PixelFormats;

namespace Road.MLNet.Data;

/// <summary>
/// Reads masks that are TIFF, BMP, PBM or TGA files to the samples that were written, as <see cref="LabelPngReader"/> does PNG files, which
/// it is left to. ImageSharp gives colours in the place of a palette's indices, and stretches greys of fewer bits: both are taken back.
/// </summary>
internal sealed class ImageSharpMaskReader : LabelMaskReader
{
    private const ImageSharpFormats Formats = ImageSharpFormats.Tiff | ImageSharpFormats.Bmp | ImageSharpFormats.Tga;

    private ImageSharpMaskReader()
    {
    }

    /// <summary>The only one; it has no state.</summary>
    public static ImageSharpMaskReader Instance { get; } = new();

    /// <inheritdoc/>
    public override ModelFormat Format { get; } = new("ROADISLB", ImageSharpMaskLoader.LoaderSignature, Version: 1, FirstSealed: 1)
    {
        LoaderAssembly = typeof(ImageSharpMaskReader).Assembly.GetName().Name!,
    };

    /// <inheritdoc/>
    public override LabelPng Read(string path, int maxPixels)
    {
        using FileStream file = InputFile.Open(path, LabelPngReader.Kind);
        string subject = $"{LabelPngReader.Kind} '{path}'";
        if (PnmHeader.Begins(file))
        {
            PnmHeader header = ImageSharpDecoder.ReadPnmHeader(file, subject, maxPixels);
            return ImageSharpDecoder.Guard(subject, () => PnmReader.Read(file, header));
        }

        if (ImageSharpDecoder.ReadHeader(file, subject, maxPixels, Formats) is not var (format, info))
        {
            // A PNG file, or something of which it says what it is.
            return LabelPngReader.Read(path, maxPixels, rent: true);
        }

        try
        {
            return format switch
            {
                BmpFormat => ReadBmp(file, subject, format, info),
                TgaFormat => ReadTga(file, subject, format, info),
                _ => ReadTiff(file, subject, format, info),
            };
        }
        catch (MaskFormException error)
        {
            throw new InvalidDataException($"The {subject} cannot be read: {error.Message}.", error);
        }
    }

    /// <inheritdoc/>
    public override (int Width, int Height) ReadSize(string path, int maxPixels)
    {
        string subject = $"{LabelPngReader.Kind} '{path}'";
        using (FileStream file = InputFile.Open(path, LabelPngReader.Kind))
        {
            if (PnmHeader.Begins(file))
            {
                PnmHeader header = ImageSharpDecoder.ReadPnmHeader(file, subject, maxPixels);
                return (header.Width, header.Height);
            }

            if (ImageSharpDecoder.ReadHeader(file, subject, maxPixels, Formats) is var (_, info))
            {
                return (info.Width, info.Height);
            }
        }

        return PngMaskReader.Instance.ReadSize(path, maxPixels);
    }

    private static LabelPng ReadBmp(FileStream file, string subject, IImageFormat format, IImageInfo info)
    {
        int bits = (int)info.Metadata.GetBmpMetadata().BitsPerPixel;
        Image<Rgb24> image = ImageSharpDecoder.Decode<Rgb24>(file, subject, format, info, Formats);
        return bits > 8
            ? MaskSamples.Take<Rgb24>(image, PngColorType.Rgb)
            : MaskSamples.TakeIndices(image, bits, MaskColors.OfBmp(file, bits));
    }

    private static LabelPng ReadTga(FileStream file, string subject, IImageFormat format, IImageInfo info)
    {
        // The third byte: 3 is grey, 11 grey with run lengths.
        file.Position = 2;
        return file.ReadByte() is 3 or 11
            ? MaskSamples.Take<L8>(
                ImageSharpDecoder.Decode<L8>(file, subject, format, info, Formats), PngColorType.Grey)
            : MaskSamples.Take<Rgb24>(
                ImageSharpDecoder.Decode<Rgb24>(file, subject, format, info, Formats), PngColorType.Rgb);
    }

    private static LabelPng ReadTiff(FileStream file, string subject, IImageFormat format, IImageInfo info)
    {
        int bits = info.PixelType.BitsPerPixel;
        if (bits == 16)
        {
            Image<L16> grey = ImageSharpDecoder.Decode<L16>(file, subject, format, info, Formats);
            return IsGrey(CheckTiff(grey)) ? MaskSamples.Take16<L16>(grey, PngColorType.Grey) : throw Refuse(grey, bits);
        }

        if (bits >= 48)
        {
            Image<Rgb48> deep = ImageSharpDecoder.Decode<Rgb48>(file, subject, format, info, Formats);
            return IsRgb(CheckTiff(deep)) ? MaskSamples.Take16<Rgb48>(deep, PngColorType.Rgb) : throw Refuse(deep, bits);
        }

        Image<Rgb24> image = ImageSharpDecoder.Decode<Rgb24>(file, subject, format, info, Formats);
        TiffPhotometricInterpretation? kind = CheckTiff(image);
        return kind == TiffPhotometricInterpretation.PaletteColor && bits <= 8
            ? MaskSamples.TakeIndices(image, bits, MaskColors.OfTiff(image, bits))
            : IsGrey(kind) && bits <= 8 ? MaskSamples.TakeGreys(image, bits)
            : IsRgb(kind) ? MaskSamples.Take<Rgb24>(image, PngColorType.Rgb)
            : throw Refuse(image, bits);
    }

    /// <summary>What a TIFF file's pixels are, where they are as they were written.</summary>
    private static TiffPhotometricInterpretation? CheckTiff(Image image)
    {
        TiffFrameMetadata metadata = image.Frames.RootFrame.Metadata.GetTiffMetadata();
        if (metadata.Compression is TiffCompression.Jpeg or TiffCompression.OldJpeg)
        {
            image.Dispose();
            throw new MaskFormException("its pixels are compressed as JPEG, whose values are no longer those that were drawn");
        }

        return metadata.PhotometricInterpretation;
    }

    private static bool IsGrey(TiffPhotometricInterpretation? kind) =>
        kind is TiffPhotometricInterpretation.BlackIsZero or TiffPhotometricInterpretation.WhiteIsZero;

    private static bool IsRgb(TiffPhotometricInterpretation? kind) => kind == TiffPhotometricInterpretation.Rgb;

    private static MaskFormException Refuse(Image image, int bits)
    {
        TiffPhotometricInterpretation? kind = image.Frames.RootFrame.Metadata.GetTiffMetadata().PhotometricInterpretation;
        image.Dispose();
        return new MaskFormException(
            $"its pixels are {kind} of {bits} bits; they must be grey of up to 16 bits, RGB of 8 or 16 bits a sample, or of a palette");
    }
}

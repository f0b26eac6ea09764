using System.Buffers.Binary;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Formats.Bmp;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Formats.Tga;
using SixLabors.ImageSharp.Metadata.Profiles.Exif;

namespace Road.MLNet.Data;

/// <summary>
/// Whether files are as long as they say. ImageSharp leaves blank what is missing at the end of most kinds, so that half an image would be
/// trained on, or scored, without a word.
/// </summary>
internal static class StoredLength
{
    private const int BmpHeaderLength = 38;
    private const int BmpCoreHeader = 12;
    private const int TgaHeaderLength = 18;

    /// <summary>Whether a file's end is missing, as far as its format tells before it is decoded. The position is lost.</summary>
    public static bool IsCutOff(Stream file, IImageFormat format) => format switch
    {
        PngFormat => ImageFile.IsCutOff(file),
        BmpFormat => IsBmpCutOff(file),
        TgaFormat => IsTgaCutOff(file),
        _ => false,
    };

    /// <summary>Whether strips of a TIFF file lie beyond its end.</summary>
    /// <param name="image">The decoded image, with the tags of its page.</param>
    /// <param name="length">The file's length.</param>
    public static bool AreStripsCutOff(Image image, long length)
    {
        ExifProfile? tags = image.Frames.RootFrame.Metadata.ExifProfile;
        Number[]? offsets = tags?.GetValue(ExifTag.StripOffsets)?.Value;
        Number[]? counts = tags?.GetValue(ExifTag.StripByteCounts)?.Value;
        return offsets is not null && counts is not null
            && offsets.Zip(counts).Any(strip => (uint)strip.First + (long)(uint)strip.Second > length);
    }

    private static bool IsBmpCutOff(Stream file)
    {
        Span<byte> header = stackalloc byte[BmpHeaderLength];
        ReadHeader(file, header);
        long start = BinaryPrimitives.ReadUInt32LittleEndian(header[10..]);
        if (BinaryPrimitives.ReadUInt32LittleEndian(header[14..]) == BmpCoreHeader)
        {
            int oldWidth = BinaryPrimitives.ReadUInt16LittleEndian(header[18..]);
            return file.Length < start + (RowBytes(oldWidth, BinaryPrimitives.ReadUInt16LittleEndian(header[24..]))
                * BinaryPrimitives.ReadUInt16LittleEndian(header[20..]));
        }

        // Of compressed pixels the header states the length, where the writer knew it.
        bool isPlain = BinaryPrimitives.ReadUInt32LittleEndian(header[30..]) is 0 or 3 or 6;
        long pixels = isPlain
            ? RowBytes(BinaryPrimitives.ReadInt32LittleEndian(header[18..]), BinaryPrimitives.ReadUInt16LittleEndian(header[28..]))
                * Math.Abs((long)BinaryPrimitives.ReadInt32LittleEndian(header[22..]))
            : BinaryPrimitives.ReadUInt32LittleEndian(header[34..]);
        return file.Length < start + pixels;
    }

    /// <summary>Rows of a BMP file end at four bytes.</summary>
    private static long RowBytes(int width, int bitsPerPixel) => (((long)width * bitsPerPixel) + 31) / 32 * 4;

    private static bool IsTgaCutOff(Stream file)
    {
        Span<byte> header = stackalloc byte[TgaHeaderLength];
        ReadHeader(file, header);
        bool hasPalette = header[1] == 1;
        long palette = hasPalette ? BinaryPrimitives.ReadUInt16LittleEndian(header[5..]) * ((header[7] + 7) / 8) : 0;
        long start = TgaHeaderLength + header[0] + palette;
        long pixels = (long)BinaryPrimitives.ReadUInt16LittleEndian(header[12..]) * BinaryPrimitives.ReadUInt16LittleEndian(header[14..]);
        int pixelBytes = (header[16] + 7) / 8;
        bool isInRuns = header[2] >= 8;
        if (!isInRuns)
        {
            return file.Length < start + (pixels * pixelBytes);
        }

        file.Position = start;
        while (pixels > 0)
        {
            // A packet: how many pixels less one, and in the highest bit whether one stands for all.
            int packet = file.ReadByte();
            int count = (packet & 0x7F) + 1;
            long bytes = (packet & 0x80) != 0 ? pixelBytes : Math.Min(count, pixels) * pixelBytes;
            if (packet < 0 || file.Position + bytes > file.Length)
            {
                return true;
            }

            file.Position += bytes;
            pixels -= count;
        }

        return false;
    }

    private static void ReadHeader(Stream file, Span<byte> header)
    {
        header.Clear();
        file.Position = 0;
        _ = file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
    }
}

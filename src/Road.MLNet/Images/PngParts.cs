using System.Buffers.Binary;

namespace Road.MLNet.Data;

/// <summary>What a PNG file holds beside its pixels, found without reading their content.</summary>
/// <param name="Exif">Where the content of its metadata begins, and how many bytes it says to have; null where there is none.</param>
/// <param name="HasEnd">Whether the file goes on to its end; false where it is cut off.</param>
internal readonly record struct PngParts((long Place, uint Length)? Exif, bool HasEnd)
{
    private const int SignatureLength = 8;
    private const int ChecksumLength = 4;

    /// <summary>Goes over a file's chunks.</summary>
    /// <param name="file">A file that begins with the signature; where it stands does not matter, and stays.</param>
    public static PngParts Read(Stream file)
    {
        long before = file.Position;
        try
        {
            return Walk(file);
        }
        finally
        {
            file.Position = before;
        }
    }

    /// <summary>Reads what stands at a place, as far as the file goes. The stream's position is lost.</summary>
    public static int ReadAt(Stream file, Span<byte> bytes, long place)
    {
        if (place >= file.Length)
        {
            return 0;
        }

        file.Position = place;
        return file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
    }

    private static PngParts Walk(Stream file)
    {
        (long, uint)? exif = null;
        Span<byte> header = stackalloc byte[8];
        for (long place = SignatureLength; ReadAt(file, header, place) == header.Length;)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(header);
            ReadOnlySpan<byte> type = header[4..];
            place += header.Length;
            if (type.SequenceEqual("IEND"u8))
            {
                return new PngParts(exif, true);
            }

            if (type.SequenceEqual("eXIf"u8))
            {
                exif ??= (place, length);
            }

            place += length + ChecksumLength;
        }

        return new PngParts(exif, false);
    }
}

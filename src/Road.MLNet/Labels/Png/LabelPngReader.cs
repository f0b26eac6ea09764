using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Road.Files;

namespace Road.MLNet.Data;

/// <summary>
/// Reads PNG files to the samples that were written: label masks keep class ids in palette indices or in 16-bit
/// channels, which an image decoder would turn into colours or cut to 8 bits. Every chunk's CRC and the compressed
/// data's Adler-32 are verified.
/// </summary>
internal static class LabelPngReader
{
    /// <summary>What messages call such a file.</summary>
    public const string Kind = "label mask";

    // What DEFLATE can make of one byte at most; a header that asks for more than that of its data is a lie.
    private const long MaximumInflation = 1032;

    private const int HeaderLength = 13;
    private const int HeaderChunkLength = 4 + 4 + HeaderLength + 4;

    // Filtered rows inflated at a time: well within a second-level cache.
    private const int PieceBytes = 1 << 17;

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Reads a PNG file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxPixels">The most pixels that it may have.</param>
    /// <param name="rent">
    /// Whether the samples are to come from the shared array pool, to be given back by disposing the result: new arrays of
    /// megabytes for every mask keep the garbage collector busy.
    /// </param>
    /// <returns>Its samples.</returns>
    /// <exception cref="InvalidDataException">The file is not a PNG file, or is damaged; the message names it and why.</exception>
    /// <exception cref="IOException">The file is missing, no regular file, or cannot be read.</exception>
    public static LabelPng Read(string path, int maxPixels = PixelLimit.Default, bool rent = false)
    {
        InputFile.Check(path, Kind);
        using Microsoft.Win32.SafeHandles.SafeFileHandle handle = File.OpenHandle(path, options: FileOptions.SequentialScan);
        long length = RandomAccess.GetLength(handle);
        if (length > PngHeader.MaximumRawBytes)
        {
            throw new InvalidDataException(
                $"Cannot read the label mask '{path}': it is larger than {PngHeader.MaximumRawBytes >> 20} MiB.");
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)length);
        try
        {
            int read = 0;
            while (read < length)
            {
                int count = RandomAccess.Read(handle, buffer.AsSpan(read, (int)length - read), read);
                if (count == 0)
                {
                    break;
                }

                read += count;
            }

            return Decode(buffer, read, path, maxPixels, rent);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads a PNG file's header alone.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxPixels">The most pixels that it may have.</param>
    /// <exception cref="InvalidDataException">It is no PNG file, or its header is damaged; the message names it and why.</exception>
    /// <exception cref="IOException">The file is missing, no regular file, or cannot be read.</exception>
    public static PngHeader ReadHeader(string path, int maxPixels = PixelLimit.Default)
    {
        Span<byte> start = stackalloc byte[Signature.Length + HeaderChunkLength];
        using (FileStream file = InputFile.Open(path, Kind, bufferSize: 1))
        {
            start = start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        }

        try
        {
            CheckSignature(start);
            ReadOnlySpan<byte> chunk = start[Signature.Length..];
            bool isHeader = chunk.Length == HeaderChunkLength && chunk[4..].StartsWith("IHDR"u8)
                && BinaryPrimitives.ReadUInt32BigEndian(chunk) == HeaderLength
                && BinaryPrimitives.ReadUInt32BigEndian(chunk[^4..]) == Crc32.Compute(chunk[4..^4]);
            PngHeader header = isHeader
                ? PngHeader.Parse(chunk.Slice(8, HeaderLength))
                : throw new InvalidDataException("its IHDR chunk is missing or damaged");
            return PixelLimit.FindFault(header.Width, header.Height, maxPixels) is { } fault
                ? throw new InvalidDataException(fault)
                : header;
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"Cannot read the label mask '{path}': {exception.Message}.", exception);
        }
    }

    /// <summary>Decodes a PNG file in memory; its compressed data is moved together in place.</summary>
    /// <param name="buffer">The file's bytes.</param>
    /// <param name="length">How many of them there are.</param>
    /// <param name="name">What error messages call the file.</param>
    /// <param name="maxPixels">The most pixels that it may have.</param>
    /// <param name="rent">Whether the samples are to come from the shared array pool.</param>
    public static LabelPng Decode(byte[] buffer, int length, string name, int maxPixels = PixelLimit.Default, bool rent = false)
    {
        try
        {
            (PngHeader header, byte[]? palette, int dataStart, int dataLength) = ReadChunks(buffer, length, maxPixels);
            using var data = new PngData(buffer, dataStart, dataLength, header.RawBytes());
            return ReadRows(header, data, palette, rent);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"Cannot read the label mask '{name}': {exception.Message}.", exception);
        }
        catch (OutOfMemoryException exception)
        {
            throw new InvalidDataException($"Cannot read the label mask '{name}': its pixels take more memory than there is.", exception);
        }
    }

    private static void CheckSignature(ReadOnlySpan<byte> file)
    {
        if (!file.StartsWith(Signature))
        {
            throw new InvalidDataException(
                file.IsEmpty ? "it is empty" : GitLfsPointer.Begins(file) ? GitLfsPointer.Description : DescribeForeign(file));
        }
    }

    /// <summary>What a file is that is no PNG file, and what becomes of it.</summary>
    private static string DescribeForeign(ReadOnlySpan<byte> file)
    {
        string? format = file.StartsWith("II*\0"u8) || file.StartsWith("MM\0*"u8) ? "TIFF"
            : file.StartsWith("BM"u8) ? "BMP"
            : file.StartsWith("GIF8"u8) ? "GIF"
            : file is [0xFF, 0xD8, ..] ? "JPEG"
            : null;
        return "it is not a PNG file" + format switch
        {
            null => string.Empty,
            "JPEG" => " but a JPEG file, whose values are no longer those that were drawn; export the masks as PNG",
            _ => $" but a {format} file; convert it to PNG, which keeps every value",
        };
    }

    private static (PngHeader Header, byte[]? Palette, int DataStart, int DataLength) ReadChunks(byte[] buffer, int length, int maxPixels)
    {
        ReadOnlySpan<byte> file = buffer.AsSpan(0, length);
        CheckSignature(file);
        PngHeader? header = null;
        byte[]? palette = null;
        int dataStart = 0, dataLength = 0;
        bool dataEnded = false;
        int position = Signature.Length;
        while (true)
        {
            if (length - position < 12)
            {
                throw new InvalidDataException("it ends before its IEND chunk");
            }

            uint size = BinaryPrimitives.ReadUInt32BigEndian(file[position..]);
            ReadOnlySpan<byte> type = file.Slice(position + 4, 4);
            if (size > length - position - 12)
            {
                throw new InvalidDataException($"it ends within its {Describe(type)} chunk");
            }

            ReadOnlySpan<byte> content = file.Slice(position + 8, (int)size);
            uint crc = BinaryPrimitives.ReadUInt32BigEndian(file[(position + 8 + (int)size)..]);
            if (Crc32.Compute(file.Slice(position + 4, 4 + (int)size)) != crc)
            {
                throw new InvalidDataException($"the checksum of its {Describe(type)} chunk at byte {position} is wrong");
            }

            if (header is null && !type.SequenceEqual("IHDR"u8))
            {
                throw new InvalidDataException($"its first chunk is {Describe(type)}, not IHDR");
            }

            if (type.SequenceEqual("IDAT"u8))
            {
                if (dataEnded)
                {
                    throw new InvalidDataException("its IDAT chunks do not follow each other");
                }

                dataStart = dataLength == 0 ? position + 8 : dataStart;
                content.CopyTo(buffer.AsSpan(dataStart + dataLength));
                dataLength += content.Length;
            }
            else
            {
                dataEnded |= dataLength > 0;
                if (type.SequenceEqual("IEND"u8))
                {
                    break;
                }

                if (type.SequenceEqual("IHDR"u8))
                {
                    header = header is null ? PngHeader.Parse(content) : throw new InvalidDataException("it has two headers");
                }
                else if (type.SequenceEqual("PLTE"u8))
                {
                    palette = ReadPalette(content, palette, dataEnded);
                }
                else if (char.IsAsciiLetterUpper((char)type[0]))
                {
                    throw new InvalidDataException($"its chunk {Describe(type)} is unknown and marked as needed");
                }
            }

            position += 12 + (int)size;
        }

        if (header!.Value.ColorType != PngColorType.Palette)
        {
            palette = null;
        }
        else if (palette is null)
        {
            throw new InvalidDataException("its palette is missing");
        }

        long raw = header.Value.RawBytes();
        if (dataLength == 0 || raw > dataLength * MaximumInflation)
        {
            throw new InvalidDataException(
                $"its {dataLength} bytes of data cannot hold {header.Value.Width} x {header.Value.Height} pixels");
        }

        return PixelLimit.FindFault(header.Value.Width, header.Value.Height, maxPixels) is { } fault
            ? throw new InvalidDataException(fault)
            : (header.Value, palette, dataStart, dataLength);
    }

    private static byte[] ReadPalette(ReadOnlySpan<byte> content, byte[]? earlier, bool afterData)
    {
        if (earlier is not null || afterData || content.Length is 0 or > 768 || content.Length % 3 != 0)
        {
            throw new InvalidDataException($"its palette is not PNG's: {content.Length} bytes{(afterData ? ", after the data" : "")}");
        }

        return content.ToArray();
    }

    private static LabelPng ReadRows(PngHeader header, PngData data, byte[]? palette, bool rent)
    {
        int count = checked(header.Width * header.Height * header.SamplesPerPixel);
        var png = new LabelPng(
            header,
            header.BitDepth <= 8 ? Allocate<byte>(count, rent) : null,
            header.BitDepth == 16 ? Allocate<ushort>(count, rent) : null,
            palette,
            rent);

        // A file of several megabytes would leave the cache between inflating, checksum and filters.
        int longestRow = (int)header.RowBytes(header.Width);
        byte[] piece = ArrayPool<byte>.Shared.Rent(Math.Max(PieceBytes, 1 + longestRow));
        byte[] plainRows = ArrayPool<byte>.Shared.Rent(2 * longestRow);
        try
        {
            foreach (PngPass pass in header.Passes())
            {
                ReadPass(png, pass, data, piece, plainRows);
            }

            data.Finish();
            return png;
        }
        catch
        {
            png.Dispose();
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
            ArrayPool<byte>.Shared.Return(plainRows);
        }
    }

    private static T[] Allocate<T>(int count, bool rent) =>
        rent ? ArrayPool<T>.Shared.Rent(count) : GC.AllocateUninitializedArray<T>(count);

    private static void ReadPass(LabelPng png, PngPass pass, PngData data, byte[] piece, byte[] plainRows)
    {
        PngHeader header = png.Header;
        int rowBytes = (int)header.RowBytes(pass.Width);
        bool isPlain = header.BitDepth == 8 && !header.Interlaced;
        Span<byte> above = [];
        for (int first = 0, rows; first < pass.Height; first += rows)
        {
            rows = Math.Min(piece.Length / (1 + rowBytes), pass.Height - first);
            Span<byte> filtered = piece.AsSpan(0, rows * (1 + rowBytes));
            data.Read(filtered);
            for (int y = first; y < first + rows; y++)
            {
                Span<byte> row = filtered[..(1 + rowBytes)];
                filtered = filtered[row.Length..];
                Span<byte> plain = isPlain ? png.Bytes.AsSpan(y * rowBytes, rowBytes) : plainRows.AsSpan(y % 2 * rowBytes, rowBytes);
                if (!PngFilter.TryUndo(row[0], row[1..], above, plain, header.FilterStride))
                {
                    throw new InvalidDataException($"row {y} has the filter {row[0]}, which PNG does not have");
                }

                int sample = (((pass.Y + (y * pass.StepY)) * header.Width) + pass.X) * header.SamplesPerPixel;
                if (png.Words is not null)
                {
                    PngSamples.Unpack16(plain, png.Words.AsSpan(sample), header.SamplesPerPixel, pass);
                }
                else if (!isPlain)
                {
                    PngSamples.Unpack(plain, png.Bytes.AsSpan(sample), header, pass);
                }

                above = plain;
            }
        }
    }

    private static string Describe(ReadOnlySpan<byte> type)
    {
        foreach (byte letter in type)
        {
            if (!char.IsAsciiLetter((char)letter))
            {
                return $"0x{Convert.ToHexString(type)}";
            }
        }

        return Encoding.ASCII.GetString(type);
    }
}

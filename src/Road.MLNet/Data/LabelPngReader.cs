using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Road.MLNet.Data;

/// <summary>
/// Reads PNG files to the samples that were written: label masks keep class ids in palette indices or in 16-bit
/// channels, which an image decoder would turn into colours or cut to 8 bits. Every chunk's CRC and the compressed
/// data's Adler-32 are verified.
/// </summary>
internal static class LabelPngReader
{
    // What DEFLATE can make of one byte at most; a header that asks for more than that of its data is a lie.
    private const long MaximumInflation = 1032;

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Reads a PNG file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Its samples.</returns>
    /// <exception cref="InvalidDataException">The file is not a PNG file, or is damaged; the message names it and why.</exception>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    public static LabelPng Read(string path)
    {
        using Microsoft.Win32.SafeHandles.SafeFileHandle handle = File.OpenHandle(path, options: FileOptions.SequentialScan);
        long length = RandomAccess.GetLength(handle);
        if (length > PngHeader.MaximumRawBytes)
        {
            throw new InvalidDataException($"Cannot read the label mask '{path}': it is larger than {PngHeader.MaximumRawBytes >> 20} MiB.");
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

            return Decode(buffer, read, path);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Decodes a PNG file in memory; its compressed data is moved together in place.</summary>
    /// <param name="buffer">The file's bytes.</param>
    /// <param name="length">How many of them there are.</param>
    /// <param name="name">What error messages call the file.</param>
    public static LabelPng Decode(byte[] buffer, int length, string name)
    {
        try
        {
            (PngHeader header, byte[]? palette, int dataStart, int dataLength) = ReadChunks(buffer, length);
            byte[] raw = Inflate(buffer.AsSpan(dataStart, dataLength), buffer, dataStart, (int)header.RawBytes());
            try
            {
                return Unfilter(header, raw, palette);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(raw);
            }
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"Cannot read the label mask '{name}': {exception.Message}.", exception);
        }
    }

    private static (PngHeader Header, byte[]? Palette, int DataStart, int DataLength) ReadChunks(byte[] buffer, int length)
    {
        ReadOnlySpan<byte> file = buffer.AsSpan(0, length);
        if (!file.StartsWith(Signature))
        {
            throw new InvalidDataException(length == 0 ? "it is empty" : "it is not a PNG file");
        }

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

        return (header.Value, palette, dataStart, dataLength);
    }

    private static byte[] ReadPalette(ReadOnlySpan<byte> content, byte[]? earlier, bool afterData)
    {
        if (earlier is not null || afterData || content.Length is 0 or > 768 || content.Length % 3 != 0)
        {
            throw new InvalidDataException($"its palette is not PNG's: {content.Length} bytes{(afterData ? ", after the data" : "")}");
        }

        return content.ToArray();
    }

    private static byte[] Inflate(ReadOnlySpan<byte> data, byte[] buffer, int start, int rawLength)
    {
        bool isZlib = data.Length > 6 && (data[0] & 15) == 8 && data[0] >> 4 <= 7 && ((data[0] << 8) | data[1]) % 31 == 0;
        if (!isZlib || (data[1] & 0x20) != 0)
        {
            throw new InvalidDataException("its compressed data does not begin as zlib's does");
        }

        // The checksum is compared here, since ZLibStream takes data that stops short of it for complete.
        using var memory = new MemoryStream(buffer, start + 2, data.Length - 6, writable: false);
        using var stream = new DeflateStream(memory, CompressionMode.Decompress);
        byte[] raw = ArrayPool<byte>.Shared.Rent(rawLength);
        string? fault = null;
        try
        {
            int read = stream.ReadAtLeast(raw.AsSpan(0, rawLength), rawLength, throwOnEndOfStream: false);
            fault = read < rawLength ? $"its data ends after {read} of {rawLength} bytes"
                : stream.ReadByte() >= 0 ? $"its data holds more than the header's {rawLength} bytes"
                : Adler32.Compute(raw.AsSpan(0, rawLength)) != BinaryPrimitives.ReadUInt32BigEndian(data[^4..])
                    ? "the Adler-32 checksum of its data is wrong"
                : null;
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            fault = "its compressed data is damaged";
        }

        if (fault is not null)
        {
            ArrayPool<byte>.Shared.Return(raw);
            throw new InvalidDataException(fault);
        }

        return raw;
    }

    private static LabelPng Unfilter(PngHeader header, byte[] raw, byte[]? palette)
    {
        int count = checked(header.Width * header.Height * header.SamplesPerPixel);
        byte[]? bytes = header.BitDepth <= 8 ? GC.AllocateUninitializedArray<byte>(count) : null;
        ushort[]? words = header.BitDepth == 16 ? GC.AllocateUninitializedArray<ushort>(count) : null;
        int position = 0;
        foreach (PngPass pass in header.Passes())
        {
            int rowBytes = (int)header.RowBytes(pass.Width);
            Span<byte> above = [];
            for (int y = 0; y < pass.Height; y++)
            {
                Span<byte> row = raw.AsSpan(position + 1, rowBytes);
                if (!PngFilter.TryUndo(raw[position], row, above, header.FilterStride))
                {
                    throw new InvalidDataException($"row {y} has the filter {raw[position]}, which PNG does not have");
                }

                int pixel = ((pass.Y + (y * pass.StepY)) * header.Width) + pass.X;
                if (words is not null)
                {
                    PngSamples.Unpack16(row, words.AsSpan(pixel * header.SamplesPerPixel), header.SamplesPerPixel, pass);
                }
                else
                {
                    PngSamples.Unpack(row, bytes.AsSpan(pixel * header.SamplesPerPixel), header, pass);
                }

                above = row;
                position += 1 + rowBytes;
            }
        }

        return new LabelPng(header, bytes, words, palette);
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

using System.Buffers;
using System.Buffers.Binary;
using Microsoft.ML.Data;

namespace Road.MLNet.Data;

/// <summary>
/// Reads PBM, PGM and PPM files to the samples that were written, bits as 1 for white, as PNG has them. ImageSharp 2 takes 16 bits for
/// little-endian, multiplies others by 255 / maximum without its remainder, and leaves blank what is missing.
/// </summary>
internal static class PnmReader
{
    private const int PieceLength = 1 << 14;

    /// <summary>Reads a file's samples; the caller disposes them.</summary>
    /// <param name="file">The file. Its position is lost.</param>
    /// <param name="header">Its header, of a size that is allowed.</param>
    /// <exception cref="InvalidDataException">A sample is no number, or more than the header allows.</exception>
    /// <exception cref="EndOfStreamException">The file is cut off.</exception>
    public static LabelPng Read(Stream file, PnmHeader header)
    {
        if (file.Length - header.End < header.LeastBytes)
        {
            throw new EndOfStreamException();
        }

        int count = checked(header.Width * header.Height * header.Channels);
        PngHeader form = new(
            header.Width,
            header.Height,
            header.IsBits ? 1 : header.IsWide ? 16 : 8,
            header.Channels == 3 ? PngColorType.Rgb : PngColorType.Grey,
            Interlaced: false);
        byte[]? bytes = header.IsWide ? null : ArrayPool<byte>.Shared.Rent(count);
        ushort[]? words = header.IsWide ? ArrayPool<ushort>.Shared.Rent(count) : null;
        LabelPng samples = new(form, bytes, words, null, isRented: true);
        try
        {
            file.Position = header.End;
            if (header.IsPlain)
            {
                ReadTexts(file, header, count, (i, value) => Set(bytes, words, i, value));
            }
            else if (header.IsBits)
            {
                ReadBits(file, header, bytes);
            }
            else if (bytes is not null)
            {
                file.ReadExactly(bytes, 0, count);
                Check(bytes.AsSpan(0, count).ContainsAnyExceptInRange((byte)0, (byte)header.MaxValue));
            }
            else
            {
                ReadWords(file, words.AsSpan(0, count));
                Check(words.AsSpan(0, count).ContainsAnyExceptInRange((ushort)0, (ushort)header.MaxValue));
            }

            return samples;
        }
        catch
        {
            samples.Dispose();
            throw;
        }
    }

    /// <summary>Reads an image, its white brought to 255.</summary>
    /// <param name="file">The file. Its position is lost.</param>
    /// <param name="header">Its header, of a size that is allowed.</param>
    /// <returns>The image, 32-bit BGRA, the caller's.</returns>
    /// <exception cref="InvalidDataException">A sample is no number, or more than the header allows.</exception>
    /// <exception cref="EndOfStreamException">The file is cut off.</exception>
    public static MLImage ReadImage(Stream file, PnmHeader header)
    {
        using LabelPng samples = Read(file, header);
        int pixels = header.Width * header.Height;
        byte[] table = [.. Enumerable.Range(0, header.MaxValue + 1)
            .Select(value => (byte)(((value * 255) + (header.MaxValue / 2)) / header.MaxValue))];
        byte[] bgra = ArrayPool<byte>.Shared.Rent(checked(4 * pixels));
        try
        {
            int last = header.Channels - 1;
            for (int i = 0; i < pixels; i++)
            {
                int at = i * header.Channels;
                bgra[4 * i] = table[Sample(samples, at + last)];
                bgra[(4 * i) + 1] = table[Sample(samples, at + (last / 2))];
                bgra[(4 * i) + 2] = table[Sample(samples, at)];
                bgra[(4 * i) + 3] = byte.MaxValue;
            }

            return MLImage.CreateFromPixels(header.Width, header.Height, MLPixelFormat.Bgra32, bgra.AsSpan(0, 4 * pixels));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bgra);
        }
    }

    private static int Sample(LabelPng samples, int index) => samples.Bytes is { } bytes ? bytes[index] : samples.Words![index];

    private static void Set(byte[]? bytes, ushort[]? words, int index, int value)
    {
        if (bytes is not null)
        {
            bytes[index] = (byte)value;
        }
        else
        {
            words![index] = (ushort)value;
        }
    }

    private static void Check(bool isTooLarge)
    {
        if (isTooLarge)
        {
            throw new InvalidDataException("a sample is more than the maximum that its header states");
        }
    }

    /// <summary>Reads bits, 1 for black, whose rows end at a byte.</summary>
    private static void ReadBits(Stream file, PnmHeader header, byte[]? samples)
    {
        byte[] row = new byte[(header.Width + 7) / 8];
        for (int y = 0; y < header.Height; y++)
        {
            file.ReadExactly(row);
            for (int x = 0; x < header.Width; x++)
            {
                samples![(y * header.Width) + x] = (byte)(1 - ((row[x / 8] >> (7 - (x % 8))) & 1));
            }
        }
    }

    private static void ReadWords(Stream file, Span<ushort> samples)
    {
        Span<byte> bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(samples);
        file.ReadExactly(bytes);
        if (BitConverter.IsLittleEndian)
        {
            BinaryPrimitives.ReverseEndianness(samples, samples);
        }
    }

    /// <summary>Reads samples that stand as text; bits need nothing between them.</summary>
    private static void ReadTexts(Stream file, PnmHeader header, int count, Action<int, int> set)
    {
        byte[] piece = new byte[PieceLength];
        int found = 0;
        int number = -1;
        bool isComment = false;
        for (int length; found < count && (length = file.Read(piece)) > 0;)
        {
            foreach (byte character in piece.AsSpan(0, length))
            {
                if (isComment)
                {
                    isComment = character != '\n';
                    continue;
                }

                if (char.IsAsciiDigit((char)character))
                {
                    number = (10 * Math.Max(0, number)) + character - '0';
                    Check(number > header.MaxValue);
                    if (!header.IsBits)
                    {
                        continue;
                    }
                }
                else if (character != '#' && !char.IsWhiteSpace((char)character))
                {
                    throw new InvalidDataException("a sample is no number");
                }

                isComment = character == '#';
                Finish();
            }
        }

        // The last number may end with the file.
        Finish();
        if (found < count)
        {
            throw new EndOfStreamException();
        }

        void Finish()
        {
            if (number >= 0 && found < count)
            {
                set(found++, header.IsBits ? 1 - number : number);
                number = -1;
            }
        }
    }
}

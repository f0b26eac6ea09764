using System.Buffers.Binary;

namespace Road.MLNet.Data;

/// <summary>What a PNG file's IHDR chunk says.</summary>
internal readonly record struct PngHeader(int Width, int Height, int BitDepth, PngColorType ColorType, bool Interlaced)
{
    /// <summary>The most that the filtered rows of one file may take: a mask of 32768 x 32768 at 8 bits.</summary>
    public const long MaximumRawBytes = 1L << 30;

    /// <summary>The most that a row may take, since two of them are held beside the mask: 128 MiB.</summary>
    public const long MaximumRowBytes = 1L << 27;

    /// <summary>Samples of a pixel, 1 to 4.</summary>
    public int SamplesPerPixel => ColorType switch
    {
        PngColorType.Rgb => 3,
        PngColorType.GreyAlpha => 2,
        PngColorType.Rgba => 4,
        _ => 1,
    };

    /// <summary>The distance in bytes that the filters look back.</summary>
    public int FilterStride => Math.Max(1, SamplesPerPixel * BitDepth / 8);

    /// <summary>The bytes of a row of <paramref name="width"/> pixels, without its filter byte.</summary>
    public long RowBytes(int width) => (((long)width * SamplesPerPixel * BitDepth) + 7) / 8;

    /// <summary>The passes in the order of the file: one, or Adam7's seven without the empty ones.</summary>
    public IEnumerable<PngPass> Passes()
    {
        if (!Interlaced)
        {
            yield return new PngPass(0, 0, 1, 1, Width, Height);
            yield break;
        }

        (int X, int Y, int StepX, int StepY)[] grid =
            [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];
        foreach ((int x, int y, int stepX, int stepY) in grid)
        {
            var pass = new PngPass(x, y, stepX, stepY, CountFrom(x, stepX, Width), CountFrom(y, stepY, Height));
            if (pass.Width > 0 && pass.Height > 0)
            {
                yield return pass;
            }
        }
    }

    /// <summary>The bytes of all filtered rows of all passes, filter bytes included.</summary>
    public long RawBytes()
    {
        long total = 0;
        foreach (PngPass pass in Passes())
        {
            total += pass.Height * (1 + RowBytes(pass.Width));
        }

        return total;
    }

    /// <summary>Reads and checks an IHDR chunk's content.</summary>
    /// <exception cref="InvalidDataException">The header is not a valid one.</exception>
    public static PngHeader Parse(ReadOnlySpan<byte> data)
    {
        if (data.Length != 13)
        {
            throw new InvalidDataException($"its header has {data.Length} bytes, not 13");
        }

        uint width = BinaryPrimitives.ReadUInt32BigEndian(data);
        uint height = BinaryPrimitives.ReadUInt32BigEndian(data[4..]);
        int depth = data[8];
        int colorType = data[9];
        if (width is 0 or > int.MaxValue || height is 0 or > int.MaxValue)
        {
            throw new InvalidDataException($"its size is {width} x {height}");
        }

        bool depthFits = colorType switch
        {
            0 => depth is 1 or 2 or 4 or 8 or 16,
            3 => depth is 1 or 2 or 4 or 8,
            2 or 4 or 6 => depth is 8 or 16,
            _ => false,
        };
        if (!depthFits || data[10] != 0 || data[11] != 0 || data[12] > 1)
        {
            throw new InvalidDataException(
                $"its header is not PNG's: colour type {colorType}, {depth} bits, compression {data[10]}, filter {data[11]}, interlace "
                + $"{data[12]}");
        }

        var header = new PngHeader((int)width, (int)height, depth, (PngColorType)colorType, data[12] == 1);

        // Width and height alone first: the product of two 31-bit numbers and 8 bytes a pixel still overflows 64 bits.
        if ((long)width * height > MaximumRawBytes || header.RawBytes() > MaximumRawBytes)
        {
            throw new InvalidDataException($"its {width} x {height} pixels take more than {MaximumRawBytes >> 20} MiB");
        }

        return header.RowBytes(header.Width) <= MaximumRowBytes
            ? header
            : throw new InvalidDataException($"a row of its {width} x {height} pixels takes more than {MaximumRowBytes >> 20} MiB");
    }

    private static int CountFrom(int start, int step, int size) => size <= start ? 0 : (int)(((long)size - start + step - 1) / step);
}

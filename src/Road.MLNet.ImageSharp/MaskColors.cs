using System.Buffers.Binary;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Metadata.Profiles.Exif;
using SixLabors.ImageSharp.PixelFormats;

namespace Road.MLNet.Data;

/// <summary>A mask's palette, by which indices are found again from the colours that ImageSharp makes of them.</summary>
internal sealed class MaskColors
{
    private const int BmpHeaderLength = 50;
    private const int BmpCoreHeader = 12;
    private const int Ambiguous = -1;

    private readonly Dictionary<Rgb24, int> _indices = [];

    /// <summary>Takes a palette.</summary>
    /// <param name="written">What was written.</param>
    /// <param name="colors">What ImageSharp makes of it.</param>
    private MaskColors(Rgb24[] written, Rgb24[] colors)
    {
        Bytes = [.. written.SelectMany(static color => (byte[])[color.R, color.G, color.B])];

        // Writers fill up a palette with one colour, which stands for no index; any other that comes twice tells nothing.
        int used = colors.Length;
        while (used > 1 && colors[used - 1] == colors[used - 2])
        {
            used--;
        }

        for (int i = 0; i < used; i++)
        {
            _indices[colors[i]] = i == used - 1 && used < colors.Length && _indices.TryGetValue(colors[i], out int first) ? first
                : _indices.ContainsKey(colors[i]) ? Ambiguous
                : i;
        }
    }

    /// <summary>The palette as RGB triples.</summary>
    public byte[] Bytes { get; }

    /// <summary>Reads the palette of a BMP file. The position is lost.</summary>
    /// <param name="file">The file.</param>
    /// <param name="bits">Bits a pixel, 1 to 8.</param>
    public static MaskColors OfBmp(Stream file, int bits)
    {
        Span<byte> header = stackalloc byte[BmpHeaderLength];
        header.Clear();
        file.Position = 0;
        _ = file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        long headerLength = BinaryPrimitives.ReadUInt32LittleEndian(header[14..]);
        int entryLength = headerLength == BmpCoreHeader ? 3 : 4;
        long start = 14 + headerLength;
        long pixels = BinaryPrimitives.ReadUInt32LittleEndian(header[10..]);
        uint stated = headerLength == BmpCoreHeader ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(header[46..]);
        long count = Math.Min(Math.Min(stated == 0 ? 1L << bits : stated, 1L << bits), (pixels - start) / entryLength);
        byte[] entries = new byte[Math.Max(0, count) * entryLength];
        file.Position = start;
        _ = file.ReadAtLeast(entries, entries.Length, throwOnEndOfStream: false);
        Rgb24[] colors = [.. entries.Chunk(entryLength).Select(static entry => new Rgb24(entry[2], entry[1], entry[0]))];
        return new MaskColors(colors, colors);
    }

    /// <summary>The palette of a TIFF file: all reds, then all greens and all blues, of 16 bits.</summary>
    /// <param name="image">The decoded image, with the tags of its page.</param>
    /// <param name="bits">Bits a pixel, 1 to 8.</param>
    public static MaskColors OfTiff(Image image, int bits)
    {
        ushort[] map = image.Frames.RootFrame.Metadata.ExifProfile?.GetValue(ExifTag.ColorMap)?.Value ?? [];
        int count = Math.Min(map.Length / 3, 1 << bits);
        Rgb48[] entries =
        [
            .. Enumerable.Range(0, count).Select(i => new Rgb48(map[i], map[i + (map.Length / 3)], map[i + (map.Length / 3 * 2)])),
        ];

        // Writers put 8 bits into the upper half, and the same ones or none into the lower.
        Rgb24[] written = [.. entries.Select(static entry => new Rgb24((byte)(entry.R >> 8), (byte)(entry.G >> 8), (byte)(entry.B >> 8)))];
        return new MaskColors(written, [.. entries.Select(Narrow)]);
    }

    /// <summary>The index of a colour.</summary>
    /// <exception cref="MaskFormException">No index has it, or several have.</exception>
    public byte Find(Rgb24 color)
    {
        int index = _indices.GetValueOrDefault(color, Ambiguous);
        return index != Ambiguous ? (byte)index : throw new MaskFormException(
            $"its palette does not tell indices by their colours: ({color.R}, {color.G}, {color.B}) is that of none or several; "
            + "save it as PNG, which keeps indices");
    }

    private static Rgb24 Narrow(Rgb48 entry)
    {
        Rgb24 color = default;
        color.FromVector4(entry.ToVector4());
        return color;
    }
}

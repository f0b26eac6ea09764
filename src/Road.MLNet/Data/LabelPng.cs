namespace Road.MLNet.Data;

/// <summary>The raw samples of a PNG file: nothing is scaled, and a palette's indices stay indices.</summary>
internal sealed class LabelPng
{
    /// <summary>Wraps decoded samples; the arrays are not copied.</summary>
    public LabelPng(PngHeader header, byte[]? bytes, ushort[]? words, byte[]? palette)
    {
        Header = header;
        Bytes = bytes;
        Words = words;
        Palette = palette;
    }

    /// <summary>The size and sample format.</summary>
    public PngHeader Header { get; }

    /// <summary>The width in pixels.</summary>
    public int Width => Header.Width;

    /// <summary>The height in pixels.</summary>
    public int Height => Header.Height;

    /// <summary>Samples of a pixel: 1 (grey, palette), 2 (grey and alpha), 3 (RGB) or 4 (RGBA).</summary>
    public int SamplesPerPixel => Header.SamplesPerPixel;

    /// <summary>The samples of files of up to 8 bits, interleaved, <c>Height x Width x SamplesPerPixel</c>; otherwise null.</summary>
    public byte[]? Bytes { get; }

    /// <summary>The samples of 16-bit files, interleaved, <c>Height x Width x SamplesPerPixel</c>; otherwise null.</summary>
    public ushort[]? Words { get; }

    /// <summary>The palette as RGB triples where the file is a palette image; otherwise null.</summary>
    public byte[]? Palette { get; }
}

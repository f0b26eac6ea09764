using System.Buffers;

namespace Road.MLNet.Data;

/// <summary>The raw samples of a PNG file: nothing is scaled, and a palette's indices stay indices.</summary>
internal sealed class LabelPng : IDisposable
{
    private bool _isRented;

    /// <summary>Wraps decoded samples; the arrays are not copied.</summary>
    /// <param name="header">The size and sample format.</param>
    /// <param name="bytes">The samples of files of up to 8 bits.</param>
    /// <param name="words">The samples of 16-bit files.</param>
    /// <param name="palette">The palette of palette images.</param>
    /// <param name="isRented">Whether the samples are from the shared array pool, and may be followed by others.</param>
    public LabelPng(PngHeader header, byte[]? bytes, ushort[]? words, byte[]? palette, bool isRented)
    {
        _isRented = isRented;
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

    /// <summary>Gives rented arrays back.</summary>
    public void Dispose()
    {
        if (!_isRented)
        {
            return;
        }

        _isRented = false;
        if (Bytes is not null)
        {
            ArrayPool<byte>.Shared.Return(Bytes);
        }

        if (Words is not null)
        {
            ArrayPool<ushort>.Shared.Return(Words);
        }
    }
}

using System.Runtime.InteropServices;
using SkiaSharp;

namespace Streets.Convert;

/// <summary>A mask that shapes are drawn into, without soft edges: every pixel has the value of one of them.</summary>
internal sealed class MaskCanvas : IDisposable
{
    // A value is a pixel's alpha: the one kind of pixel that Skia fills without colours to convert.
    private readonly SKBitmap _bitmap;
    private readonly SKCanvas _canvas;

    /// <param name="width">The width in pixels.</param>
    /// <param name="height">The height in pixels.</param>
    /// <param name="value">The value of what no shape covers.</param>
    public MaskCanvas(int width, int height, byte value)
    {
        _bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Alpha8, SKAlphaType.Premul));
        _canvas = new SKCanvas(_bitmap);
        for (int y = 0; y < height; y++)
        {
            Row(y).Fill(value);
        }
    }

    public int Width => _bitmap.Width;

    public int Height => _bitmap.Height;

    /// <summary>The values of a row.</summary>
    public Span<byte> Row(int y)
    {
        ReadOnlySpan<byte> row = _bitmap.GetPixelSpan().Slice(y * _bitmap.RowBytes, Width);
        return MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(row), row.Length);
    }

    /// <summary>Gives the pixels whose centres lie in a path a value.</summary>
    public void Fill(SKPath path, byte value)
    {
        using SKPaint paint = new() { IsAntialias = false, BlendMode = SKBlendMode.Src, Color = new SKColor(0, 0, 0, value) };
        _canvas.DrawPath(path, paint);
        _canvas.Flush();
    }

    /// <summary>All values, row-major.</summary>
    public byte[] ToArray()
    {
        byte[] values = new byte[Width * Height];
        for (int y = 0; y < Height; y++)
        {
            Row(y).CopyTo(values.AsSpan(y * Width));
        }

        return values;
    }

    public void Dispose()
    {
        _canvas.Dispose();
        _bitmap.Dispose();
    }
}

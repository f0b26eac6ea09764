using System.Globalization;
using SkiaSharp;

namespace Streets.Convert;

/// <summary>An image file in which colours stand for labels.</summary>
/// <param name="path">The file.</param>
internal sealed class ColoredMask(string path)
{
    private WeakReference<int[]>? _pixels;
    private int _width;
    private int _height;

    /// <summary>The width and height that the file says it has.</summary>
    /// <exception cref="InvalidDataException">It is no image.</exception>
    public (int Width, int Height) Size()
    {
        using SKCodec codec = SKCodec.Create(path) ?? throw new InvalidDataException($"The mask '{path}' is no image.");
        return (codec.Info.Width, codec.Info.Height);
    }

    /// <summary>The colours that occur, each with the number of its pixels.</summary>
    public IReadOnlyDictionary<int, long> Colors() => Read().CountBy(static color => color).ToDictionary(
        static pair => pair.Key, static pair => (long)pair.Value);

    /// <summary>Gives the pixels of a colour a value.</summary>
    /// <exception cref="InvalidDataException">The file has another size than the mask.</exception>
    public void Draw(MaskCanvas canvas, int color, byte value)
    {
        int[] pixels = Read();
        if ((_width, _height) != (canvas.Width, canvas.Height))
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"the mask '{path}' is {_width} x {_height}, and its image {canvas.Width} x {canvas.Height}"));
        }

        for (int y = 0; y < _height; y++)
        {
            Span<byte> row = canvas.Row(y);
            for (int x = 0; x < _width; x++)
            {
                if (pixels[(y * _width) + x] == color)
                {
                    row[x] = value;
                }
            }
        }
    }

    private int[] Read()
    {
        if (_pixels?.TryGetTarget(out int[]? known) == true)
        {
            return known;
        }

        (_width, _height) = Size();
        using SKBitmap bitmap = SKBitmap.Decode(path, new SKImageInfo(_width, _height, SKColorType.Bgra8888, SKAlphaType.Unpremul))
            ?? throw new InvalidDataException($"The mask '{path}' is damaged and cannot be decoded.");
        int[] pixels = [.. bitmap.Pixels.Select(static pixel => (int)((uint)pixel & 0xFFFFFF))];
        _pixels = new WeakReference<int[]>(pixels);
        return pixels;
    }
}

using Microsoft.ML.Data;

namespace Road.MLNet.Data;

/// <summary>The colours of a picture that is being drawn.</summary>
internal sealed class DrawingPixels
{
    private readonly byte[] _rgba;
    private readonly int _width;
    private readonly int _height;

    /// <summary>Black pixels.</summary>
    public DrawingPixels(int width, int height)
    {
        _width = width;
        _height = height;
        _rgba = new byte[checked(4 * width * height)];
        for (int i = 3; i < _rgba.Length; i += 4)
        {
            _rgba[i] = 255;
        }
    }

    /// <summary>The colours of an image; what is transparent keeps its colour.</summary>
    /// <exception cref="NotSupportedException">The image has another pixel format than 32-bit BGRA or RGBA.</exception>
    public DrawingPixels(MLImage image)
        : this(image.Width, image.Height)
    {
        int red = ImagePixels.ColorType(image) == SkiaSharp.SKColorType.Bgra8888 ? 2 : 0;
        ReadOnlySpan<byte> pixels = image.Pixels;
        for (int i = 0; i < pixels.Length; i += 4)
        {
            _rgba[i] = pixels[i + red];
            _rgba[i + 1] = pixels[i + 1];
            _rgba[i + 2] = pixels[i + 2 - red];
        }
    }

    /// <summary>The colour of a pixel, counted row by row.</summary>
    public RgbColor this[int index]
    {
        get => new(_rgba[4 * index], _rgba[(4 * index) + 1], _rgba[(4 * index) + 2]);
        set
        {
            _rgba[4 * index] = value.Red;
            _rgba[(4 * index) + 1] = value.Green;
            _rgba[(4 * index) + 2] = value.Blue;
        }
    }

    /// <summary>The picture; the caller disposes it.</summary>
    public MLImage ToImage() => MLImage.CreateFromPixels(_width, _height, MLPixelFormat.Rgba32, _rgba);
}

using Microsoft.ML.Data;
using SkiaSharp;

namespace Road.MLNet.Data;

/// <summary>A white picture that pictures, colours and text are put on.</summary>
internal sealed class DrawingCanvas : IDisposable
{
    private readonly SKBitmap _bitmap;
    private readonly SKCanvas _canvas;

    /// <exception cref="ArgumentException">It would have more pixels than a picture can have; the message has the size.</exception>
    public DrawingCanvas(long width, long height)
    {
        if (width > int.MaxValue || height > int.MaxValue || PixelLimit.FindFault((int)width, (int)height, PixelLimit.Highest) is not null)
        {
            throw new ArgumentException($"The picture would be {width} x {height} (width x height), more than a picture can be.");
        }

        _bitmap = new SKBitmap(new SKImageInfo((int)width, (int)height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        _canvas = new SKCanvas(_bitmap);
        _canvas.Clear(SKColors.White);
    }

    /// <summary>Draws an image, scaled to a place.</summary>
    /// <param name="image">The image.</param>
    /// <param name="left">The place's first column.</param>
    /// <param name="top">The place's first row.</param>
    /// <param name="width">The place's width.</param>
    /// <param name="height">The place's height.</param>
    /// <param name="blends">Whether colours are mixed where it is scaled.</param>
    public unsafe void Draw(MLImage image, int left, int top, int width, int height, bool blends)
    {
        // Opaque, since what is transparent has a colour too.
        var info = new SKImageInfo(image.Width, image.Height, ImagePixels.ColorType(image), SKAlphaType.Opaque);
        bool shrinks = width < image.Width || height < image.Height;
        using SKPaint paint = new();

        // Medium averages what a smaller pixel covers; High, a cubic, is smoother between few pixels.
        paint.FilterQuality = !blends ? SKFilterQuality.None : shrinks ? SKFilterQuality.Medium : SKFilterQuality.High;
        fixed (byte* pixels = image.Pixels)
        {
            using SKImage source = SKImage.FromPixels(info, (IntPtr)pixels);
            _canvas.DrawImage(source, SKRect.Create(left, top, width, height), paint);
            _canvas.Flush();
        }
    }

    /// <summary>Fills a square.</summary>
    public void Fill(RgbColor color, int left, int top, int size)
    {
        using SKPaint paint = new() { Color = new SKColor(color.Red, color.Green, color.Blue) };
        _canvas.DrawRect(SKRect.Create(left, top, size, size), paint);
    }

    /// <summary>Writes a text that starts at the left of a line.</summary>
    public void Write(DrawingText text, string words, float left, float top) => text.Draw(_canvas, words, left, top);

    /// <summary>The picture; the caller disposes it.</summary>
    public MLImage ToImage()
    {
        _canvas.Flush();
        return MLImage.CreateFromPixels(_bitmap.Width, _bitmap.Height, MLPixelFormat.Rgba32, _bitmap.GetPixelSpan());
    }

    public void Dispose()
    {
        _canvas.Dispose();
        _bitmap.Dispose();
    }
}

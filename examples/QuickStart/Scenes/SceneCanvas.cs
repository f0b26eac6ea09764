using SkiaSharp;

namespace QuickStart.Scenes;

/// <summary>
/// Draws every shape twice: into the picture, with smooth edges, and into the label mask, without, so that each pixel
/// of the mask holds exactly the class of the front-most shape over the pixel's centre.
/// </summary>
internal sealed class SceneCanvas : IDisposable
{
    private readonly SKCanvas _image;
    private readonly SKCanvas _mask;

    /// <param name="width">The width of the mask in pixels.</param>
    /// <param name="height">The height of the mask in pixels.</param>
    /// <param name="oversampling">How many pixels of the picture each pixel of the mask has in a direction.</param>
    public SceneCanvas(int width, int height, int oversampling)
    {
        Width = width;
        Height = height;
        Image = new SKBitmap(new SKImageInfo(width * oversampling, height * oversampling, SKColorType.Rgba8888, SKAlphaType.Opaque));
        Labels = new SKBitmap(new SKImageInfo(width, height, SKColorType.Gray8, SKAlphaType.Opaque));
        _image = new SKCanvas(Image);
        _image.Scale(oversampling);
        _mask = new SKCanvas(Labels);
    }

    public int Width { get; }

    public int Height { get; }

    public SKBitmap Image { get; }

    public SKBitmap Labels { get; }

    /// <summary>Fills an object's outline in both.</summary>
    /// <param name="kind">The class of the pixels.</param>
    /// <param name="outline">The outline in pixels of the mask.</param>
    /// <param name="material">The look.</param>
    /// <param name="plane">The map from the surface's metres to the picture, which places the texture; null for a scale of 1.</param>
    public void Fill(SceneClass kind, SKPath outline, Material material, SKMatrix? plane = null)
    {
        byte value = (byte)kind;
        using var label = new SKPaint { Color = new SKColor(value, value, value), IsAntialias = false };
        _mask.DrawPath(outline, label);
        Decorate(outline, material, plane);
    }

    /// <summary>Fills with a paint of one's own in the picture, and with a class in the mask.</summary>
    public void Fill(SceneClass kind, SKPath outline, SKPaint paint)
    {
        byte value = (byte)kind;
        using var label = new SKPaint { Color = new SKColor(value, value, value), IsAntialias = false };
        _mask.DrawPath(outline, label);
        _image.DrawPath(outline, paint);
    }

    /// <summary>Fills an outline in the picture alone: a detail of the object beneath.</summary>
    public void Decorate(SKPath outline, Material material, SKMatrix? plane = null)
    {
        using var fill = new SKPaint { Color = material.Color, IsAntialias = true };
        _image.DrawPath(outline, fill);
        if (material.Texture is null || material.Strength <= 0)
        {
            return;
        }

        float scale = material.TileSize / material.Texture.Width;
        SKMatrix tile = SKMatrix.Concat(plane ?? SKMatrix.Identity, SKMatrix.CreateScale(scale, scale));
        using var shader = SKShader.CreateBitmap(material.Texture, SKShaderTileMode.Repeat, SKShaderTileMode.Repeat, tile);
        using var texture = new SKPaint
        {
            Shader = shader,
            Color = SKColors.White.WithAlpha((byte)(255 * material.Strength)),
            BlendMode = SKBlendMode.Overlay,
            FilterQuality = SKFilterQuality.Medium,
            IsAntialias = true,
        };
        _image.DrawPath(outline, texture);
    }

    /// <summary>Fills with a paint of one's own in the picture alone.</summary>
    public void Decorate(SKPath outline, SKPaint paint) => _image.DrawPath(outline, paint);

    /// <summary>Runs drawing calls that show only inside an outline; the mask is left alone.</summary>
    public void DecorateWithin(SKPath outline, Action<SKCanvas> draw)
    {
        _image.Save();
        _image.ClipPath(outline, SKClipOperation.Intersect, antialias: true);
        draw(_image);
        _image.Restore();
    }

    public void Dispose()
    {
        _image.Dispose();
        _mask.Dispose();
    }
}

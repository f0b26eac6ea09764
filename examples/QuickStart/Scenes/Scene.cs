using SkiaSharp;

namespace QuickStart.Scenes;

/// <summary>A drawn street scene and the class of each of its pixels.</summary>
/// <param name="Image">The picture, opaque.</param>
/// <param name="Labels">The classes, 8-bit grey, the value of <see cref="SceneClass"/> in each pixel.</param>
internal sealed record Scene(SKBitmap Image, SKBitmap Labels) : IDisposable
{
    public void Dispose()
    {
        Image.Dispose();
        Labels.Dispose();
    }
}

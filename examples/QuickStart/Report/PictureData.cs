using QuickStart.Scenes;
using Road.MLNet;
using SkiaSharp;

namespace QuickStart.Report;

/// <summary>Pictures as a page or a strip takes them.</summary>
internal static class PictureData
{
    /// <summary>A photo as a JPEG data URI.</summary>
    public static string Photo(string path)
    {
        using SKBitmap bitmap = Load(path);
        using SKData jpeg = bitmap.Encode(SKEncodedImageFormat.Jpeg, 90);
        return $"data:image/jpeg;base64,{Convert.ToBase64String(jpeg.Span)}";
    }

    /// <summary>A label file in the classes' colours, as a PNG data URI.</summary>
    public static string Labels(string path)
    {
        using SKBitmap bitmap = Colored(path);
        using SKData png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return Png(png.Span);
    }

    public static string Png(ReadOnlySpan<byte> png) => $"data:image/png;base64,{Convert.ToBase64String(png)}";

    public static SKBitmap Load(string path) =>
        SKBitmap.Decode(path) ?? throw new InvalidDataException($"'{path}' is no picture.");

    /// <summary>Colours a label file; pixels of no class are black.</summary>
    public static SKBitmap Colored(string path)
    {
        using SKBitmap labels = Load(path);
        var colored = new SKBitmap(new SKImageInfo(labels.Width, labels.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        IReadOnlyList<RgbColor> colors = SceneClasses.Encoding.ClassColors;
        for (int y = 0; y < labels.Height; y++)
        {
            for (int x = 0; x < labels.Width; x++)
            {
                byte value = labels.GetPixel(x, y).Red;
                RgbColor color = value < colors.Count ? colors[value] : default;
                colored.SetPixel(x, y, new SKColor(color.Red, color.Green, color.Blue));
            }
        }

        return colored;
    }
}

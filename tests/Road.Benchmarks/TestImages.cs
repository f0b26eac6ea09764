using SkiaSharp;

namespace Road.Benchmarks;

/// <summary>Smooth patches with some noise, about as compressible as a photograph; grey ones hold class ids.</summary>
internal static class TestImages
{
    /// <summary>Writes a picture in colours.</summary>
    public static void WriteColors(string file, int width, int height, int seed) =>
        Write(file, new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque), new Random(seed), classes: 0);

    /// <summary>Writes a mask of class ids.</summary>
    public static void WriteClasses(string file, int width, int height, int classes, int seed) =>
        Write(file, new SKImageInfo(width, height, SKColorType.Gray8, SKAlphaType.Opaque), new Random(seed), classes);

    private static void Write(string file, SKImageInfo info, Random random, int classes)
    {
        byte[] pixels = new byte[info.BytesSize];
        for (int i = 0; i < pixels.Length; i++)
        {
            int x = i % info.RowBytes / info.BytesPerPixel / 40;
            int y = i / info.RowBytes / 40;
            pixels[i] = classes > 0 ? (byte)((x + (3 * y)) % classes) : (byte)((((x * 37) + (y * 53)) % 200) + random.Next(24));
        }

        using SKImage image = SKImage.FromPixelCopy(info, pixels, info.RowBytes);
        using SKData png = image.Encode(SKEncodedImageFormat.Png, 100);
        using FileStream stream = File.Create(file);
        png.SaveTo(stream);
    }
}

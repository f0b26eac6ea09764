using SkiaSharp;

namespace Road.WebDemo.Tests;

/// <summary>Files of pictures.</summary>
internal static class TestPictures
{
    /// <summary>Four greys, one a quarter: 0 and 80 above, 160 and 240 below.</summary>
    public static byte[] Quarters(int width, int height, SKEncodedImageFormat format = SKEncodedImageFormat.Png)
    {
        using SKBitmap bitmap = new(width, height, SKColorType.Bgra8888, SKAlphaType.Opaque);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                byte grey = (byte)((x < width / 2 ? 0 : 80) + (y < height / 2 ? 0 : 160));
                bitmap.SetPixel(x, y, new SKColor(grey, grey, grey));
            }
        }

        using SKData file = bitmap.Encode(format, 95);
        return file.ToArray();
    }

    /// <summary>A JPEG of four greys that says how it is to be turned.</summary>
    public static byte[] Turned(int width, int height, int orientation)
    {
        // APP1: "Exif", big-endian TIFF, one entry, tag 0x0112 of one short.
        byte[] exif =
        [
            0xFF, 0xE1, 0, 34, .. "Exif\0\0MM"u8, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0,
            0, 0, 0, 0,
        ];
        byte[] jpeg = Quarters(width, height, SKEncodedImageFormat.Jpeg);
        return [.. jpeg[..2], .. exif, .. jpeg[2..]];
    }
}

using SkiaSharp;

namespace Road.MLNet.Tests.Data;

/// <summary>Makes image files with metadata that image libraries do not write.</summary>
internal static class PictureFile
{
    /// <summary>
    /// Red, green, blue and yellow: the upper left, upper right, lower left and lower right quarter of a picture as it is seen.
    /// </summary>
    public static readonly SKColor[] Quarters = [new(200, 30, 30), new(30, 200, 30), new(30, 30, 200), new(200, 200, 30)];

    // Where the first row and the first column of what is stored are seen, by the orientation from 1: top, bottom, left or right.
    private static readonly string[] FirstRowAndColumn = ["TL", "TR", "BR", "BL", "LT", "RT", "RB", "LB"];

    /// <summary>A JPEG photo of four quarters, whose pixels are stored as the camera was held.</summary>
    /// <param name="orientation">The EXIF tag, 1 to 8.</param>
    /// <param name="width">The width as it is seen.</param>
    /// <param name="height">The height as it is seen.</param>
    public static byte[] Photo(int orientation, int width, int height)
    {
        byte[] file = Encode(orientation, width, height, SKEncodedImageFormat.Jpeg);

        // Start of the image, then the segment of EXIF with one entry: tag 0x0112, a short.
        return
        [
            .. file[..2], 0xFF, 0xE1, 0, 34, .. "Exif\0\0"u8, .. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0,
            (byte)orientation, 0, 0, 0, 0, 0, 0,
            .. file[2..],
        ];
    }

    /// <summary>
    /// The same as a PNG file, whose chunk of metadata stands before the pixels or behind them, in either order of bytes.
    /// </summary>
    public static byte[] PngPhoto(int orientation, int width, int height, bool isLast, bool isLittle)
    {
        const int Header = 33;
        const int End = 12;
        byte[] file = Encode(orientation, width, height, SKEncodedImageFormat.Png);
        byte[] exif = isLittle
            ? [
                .. "II*\0"u8, 8, 0, 0, 0, 2, 0, 0x0F, 0x01, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0x12, 0x01, 4, 0, 1, 0, 0, 0, (byte)orientation,
                0, 0, 0, 0, 0, 0, 0]
            : [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0];
        int place = isLast ? file.Length - End : Header;
        return [.. file[..place], .. PngWriter.Chunk("eXIf", exif), .. file[place..]];
    }

    private static byte[] Encode(int orientation, int width, int height, SKEncodedImageFormat format)
    {
        string sides = FirstRowAndColumn[orientation - 1];
        bool isOnItsSide = orientation > 4;
        using SKBitmap stored = new(isOnItsSide ? height : width, isOnItsSide ? width : height);
        for (int y = 0; y < stored.Height; y++)
        {
            for (int x = 0; x < stored.Width; x++)
            {
                char vertical = 2 * y < stored.Height ? sides[0] : Opposite(sides[0]);
                char horizontal = 2 * x < stored.Width ? sides[1] : Opposite(sides[1]);
                string corner = isOnItsSide ? $"{horizontal}{vertical}" : $"{vertical}{horizontal}";
                stored.SetPixel(x, y, Quarters[corner switch { "TL" => 0, "TR" => 1, "BL" => 2, _ => 3 }]);
            }
        }

        using SKData data = stored.Encode(format, 100);
        return data.ToArray();
    }

    /// <summary>A PNG file of grey ramps with alpha, colour type 6.</summary>
    /// <param name="width">The width.</param>
    /// <param name="height">The height.</param>
    /// <param name="pixels">R, G, B and A of each pixel.</param>
    public static byte[] WithAlpha(int width, int height, byte[] pixels)
    {
        using SKImage image = SKImage.FromPixelCopy(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul), pixels);
        using SKData data = image.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    private static char Opposite(char side) => side switch { 'T' => 'B', 'B' => 'T', 'L' => 'R', _ => 'L' };
}

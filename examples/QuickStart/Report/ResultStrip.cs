using SkiaSharp;

namespace QuickStart.Report;

/// <summary>A picture of results for a readme: scene, truth, without and with ROAD from left to right.</summary>
internal static class ResultStrip
{
    private const int Rows = 4;
    private const int Gap = 6;
    private const int PictureWidth = 258;
    private const int PictureHeight = 172;

    public static void Write(string path, ReportData data)
    {
        string[] images = [.. Directory.GetFiles(data.Folders.TestImages).Order(StringComparer.Ordinal).Take(Rows)];
        using var strip = new SKBitmap((4 * PictureWidth) + (3 * Gap), (images.Length * (PictureHeight + Gap)) - Gap);
        using var canvas = new SKCanvas(strip);
        canvas.Clear(SKColors.White);
        for (int row = 0; row < images.Length; row++)
        {
            using SKBitmap photo = PictureData.Load(images[row]);
            using SKBitmap truth = PictureData.Colored(Path.Combine(data.Folders.TestLabels, Path.GetFileName(images[row])));
            using SKBitmap none = SKBitmap.Decode(data.None.Masks[row].Png);
            using SKBitmap road = SKBitmap.Decode(data.Road.Masks[row].Png);
            SKBitmap[] cells = [photo, truth, none, road];
            for (int column = 0; column < cells.Length; column++)
            {
                using var paint = new SKPaint { FilterQuality = column == 0 ? SKFilterQuality.High : SKFilterQuality.None };
                float x = column * (PictureWidth + Gap);
                float y = row * (PictureHeight + Gap);
                canvas.DrawBitmap(cells[column], SKRect.Create(x, y, PictureWidth, PictureHeight), paint);
            }
        }

        canvas.Flush();
        using SKData png = strip.Encode(SKEncodedImageFormat.Png, 100);
        OutputFile.Write(path, png.SaveTo);
    }
}

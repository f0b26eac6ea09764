using Microsoft.ML.Data;
using Road.MLNet;
using SkiaSharp;

namespace QuickStart.Report;

/// <summary>A picture of results for a readme: scene, truth, without and with ROAD from left to right.</summary>
internal static class ResultStrip
{
    private const int Rows = 4;
    private const int Columns = 4;
    private const int PictureWidth = 258;
    private const int PictureHeight = 172;

    public static void Write(string path, ReportData data)
    {
        string[] images = [.. Directory.GetFiles(data.Folders.TestImages).Order(StringComparer.Ordinal).Take(Rows)];
        List<MLImage> cells = [];
        try
        {
            foreach ((int row, string image) in images.Index())
            {
                cells.Add(Scale(ScenePictures.Photo(image), blends: true));
                cells.Add(Scale(ScenePictures.Truth(Path.Combine(data.Folders.TestLabels, Path.GetFileName(image))), blends: false));
                cells.Add(Scale(ScenePictures.Prediction(data.None.Masks[row]), blends: false));
                cells.Add(Scale(ScenePictures.Prediction(data.Road.Masks[row]), blends: false));
            }

            using MLImage strip = SegmentationDrawing.SideBySide(cells, columns: Columns);
            using SKData png = ImageEncoding.Png(strip);
            OutputFile.Write(path, png.SaveTo);
        }
        finally
        {
            cells.ForEach(static cell => cell.Dispose());
        }
    }

    private static MLImage Scale(MLImage picture, bool blends)
    {
        using (picture)
        {
            return SegmentationDrawing.Resize(picture, PictureWidth, PictureHeight, blends);
        }
    }
}

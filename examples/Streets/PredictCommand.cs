using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet;
using SkiaSharp;

namespace Streets;

/// <summary><c>predict</c>: writes the mask of every image, in colours and as class ids.</summary>
internal static class PredictCommand
{
    public static void Run(string modelFile, StreetsData data, string outputFolder, int maxPixels, CancellationToken cancellation)
    {
        MLContext ml = new();
        IDataView images = data.Load(ml);
        using StreetsModel model = StreetsModel.Load(ml, modelFile);
        model.LimitPixels(maxPixels);
        IDataView scored = model.Score(ml.Data.AsTargetDomain(images));
        Directory.CreateDirectory(outputFolder);

        DataViewSchema.Column pathColumn = scored.Schema["TargetImagePath"];
        DataViewSchema.Column labelColumn = scored.Schema["PredictedLabel"];
        DataViewSchema.Column maskColumn = scored.Schema["PredictedMask"];
        using DataViewRowCursor cursor = scored.GetRowCursor([pathColumn, labelColumn, maskColumn]);
        ValueGetter<ReadOnlyMemory<char>> pathGetter = cursor.GetGetter<ReadOnlyMemory<char>>(pathColumn);
        ValueGetter<VBuffer<byte>> labelGetter = cursor.GetGetter<VBuffer<byte>>(labelColumn);
        ValueGetter<MLImage> maskGetter = cursor.GetGetter<MLImage>(maskColumn);
        ReadOnlyMemory<char> path = default;
        VBuffer<byte> label = default;
        MLImage mask = null!;
        int count = 0;
        while (cursor.MoveNext())
        {
            cancellation.ThrowIfCancellationRequested();
            pathGetter(ref path);
            labelGetter(ref label);
            maskGetter(ref mask);
            string name = Path.Combine(outputFolder, Path.GetFileNameWithoutExtension(path.ToString()));
            AtomicFile.Write(name + ".png", mask.Save);
            byte[] ids = [.. label.DenseValues().Select(static key => unchecked((byte)(key - 1)))];
            AtomicFile.Write(name + "_labels.png", file => SaveGrey(file, ids, mask.Width, mask.Height));
            count++;
        }

        mask?.Dispose();
        Console.WriteLine($"Wrote the masks of {count} images to {outputFolder}");
    }

    private static void SaveGrey(string file, byte[] ids, int width, int height)
    {
        using SKImage image = SKImage.FromPixelCopy(new SKImageInfo(width, height, SKColorType.Gray8, SKAlphaType.Opaque), ids, width);
        using SKData png = image.Encode(SKEncodedImageFormat.Png, 100);
        using FileStream stream = File.Create(file);
        png.SaveTo(stream);
    }
}

using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet.Data;
using Road.Torch.Data;

namespace Road.Benchmarks;

/// <summary>
/// What it costs that images are looked at before they are decoded, turned upright, and compared with their masks: reading samples as
/// a training does over taking images and masks from the cursor of <c>LoadImages</c> and <c>LoadLabelMasks</c>.
/// </summary>
internal static class DecodingBudgets
{
    private const int Files = 24;
    private const int Width = 480;
    private const int Height = 360;
    private const int Classes = 7;

    /// <summary>The budgets.</summary>
    public static IEnumerable<Budget> All =>
    [
        new("reading samples over ML.NET's own cursor reading them, PNG", 1.10, static settings => Measure(settings, ".png")),
        new("reading samples over ML.NET's own cursor reading them, JPEG", 1.10, static settings => Measure(settings, ".jpg")),
    ];

    private static double Measure(BudgetSettings settings, string extension)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("road-benchmark-");
        try
        {
            BenchmarkImages.Write(folder.FullName, Files, Width, Height, Classes, 1);
            if (extension == ".jpg")
            {
                BenchmarkImages.TurnIntoJpeg(folder.FullName);
            }

            IDataView view = BenchmarkImages.Open(folder.FullName, Classes);
            ViewSampleSource source = new(view, "Image", "Label", null) { SamplesAreKept = false };
            return Alternation.Ratio(settings.Rounds, () => ReadSamples(source), () => ReadCursor(view));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void ReadSamples(ViewSampleSource source)
    {
        using ISampleCursor cursor = source.Open(1);
        while (cursor.MoveNext())
        {
            _ = cursor.Decode();
        }
    }

    private static void ReadCursor(IDataView view)
    {
        ReusedBytes pixels = new();
        VBuffer<byte> label = default;
        MLImage image = null!;
        using DataViewRowCursor cursor = view.GetRowCursor([view.Schema["Image"], view.Schema["Label"]]);
        ValueGetter<MLImage> getImage = cursor.GetGetter<MLImage>(view.Schema["Image"]);
        ValueGetter<VBuffer<byte>> getLabel = cursor.GetGetter<VBuffer<byte>>(view.Schema["Label"]);
        while (cursor.MoveNext())
        {
            getImage(ref image);
            getLabel(ref label);
            _ = ImagePixels.Decode(image, null, buffer: pixels);
        }

        image.Dispose();
    }
}

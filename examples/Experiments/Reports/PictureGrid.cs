using Experiments.Definition;
using Experiments.Results;
using Microsoft.ML;
using Microsoft.ML.Data;
using Road.Files;
using Road.MLNet;
using SkiaSharp;

namespace Experiments.Reports;

/// <summary>Fig. 5: test images, their truth and what the variants see. It shows photographs, so it stays on the user's machine.</summary>
internal sealed class PictureGrid
{
    private const int LongestSide = 640;

    private static readonly string[] Variants = ["none", "distillation", "spatial", "road", "upper-bound"];

    private PictureGrid(
        IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<string>> rows, IReadOnlyList<(string Name, RgbColor Color)> classes)
    {
        Columns = columns;
        Rows = rows;
        Classes = classes;
    }

    /// <summary>The columns' names: image, truth, and the variants.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>Data URIs, column by column.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Rows { get; }

    public IReadOnlyList<(string Name, RgbColor Color)> Classes { get; }

    /// <summary>Makes the grid; null where no run kept masks.</summary>
    /// <param name="data">The results.</param>
    /// <param name="store">Where their masks are.</param>
    /// <param name="dataRoot">The folder that the data's paths start from.</param>
    public static PictureGrid? Create(ReportData data, RunStore store, string dataRoot)
    {
        RunResult[] runs = [
            .. data.FindAll(Variants).Select(static row => row.Runs[0]).Where(
                run => run.Shown is not null && Directory.Exists(store.MaskFolder(Id(run))))];
        if (runs.Length == 0)
        {
            return null;
        }

        DomainData test = DomainData.FromSettings(runs[0].Settings["test"]!.AsObject());
        MLContext ml = new();
        LabelEncoding encoding = test.ReadEncoding(dataRoot);
        IDataView files = test.Load(ml, dataRoot);
        string[] images = [.. files.GetColumn<string>("ImagePath")];
        List<IReadOnlyList<string>> rows = [];
        foreach ((string name, int index) in runs[0].Shown!)
        {
            if (index >= images.Length || Path.GetFileNameWithoutExtension(images[index]) != name)
            {
                throw new ExperimentException(
                    $"The data in '{dataRoot}' is not what the runs were measured on: image {index} of the test set should be '{name}'.");
            }

            InputFile.Check(images[index], "image");
            using SKBitmap photo = SKBitmap.Decode(images[index]) ?? throw new InvalidDataException($"'{images[index]}' is no image.");
            IDataView label = ml.Transforms.LoadLabelMasks("Label", null, "LabelPath", encoding).Fit(files).Transform(
                Running.Rows.Only(ml, files, index));
            using SKBitmap truth = Color(label.GetColumn<VBuffer<byte>>("Label").Single(), encoding, photo.Width, photo.Height);
            List<string> row = [Jpeg(photo), Png(truth)];
            foreach (RunResult run in runs)
            {
                string file = Path.Combine(store.MaskFolder(Id(run)), name + ".png");
                using SKBitmap mask = SKBitmap.Decode(file) ?? throw new InvalidDataException($"'{file}' is no image.");
                row.Add(Png(mask));
            }

            rows.Add(row);
        }

        return new PictureGrid(
            ["Image", "Truth", .. runs.Select(static run => VariantTitles.Of(run.Name))],
            rows,
            [.. encoding.ClassNames.Zip(encoding.ClassColors)]);
    }

    private static string Id(RunResult run) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{run.Name}_seed-{run.Seed}");

    private static SKBitmap Color(VBuffer<byte> label, LabelEncoding encoding, int width, int height)
    {
        SKBitmap bitmap = new(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        bitmap.Pixels = [.. label.DenseValues().Select(key => key == 0
            ? SKColors.Black
            : new SKColor(encoding.ClassColors[key - 1].Red, encoding.ClassColors[key - 1].Green, encoding.ClassColors[key - 1].Blue))];
        return bitmap;
    }

    private static string Jpeg(SKBitmap photo)
    {
        using SKBitmap small = Shrink(photo, SKFilterQuality.High);
        using SKData data = small.Encode(SKEncodedImageFormat.Jpeg, 88);
        return $"data:image/jpeg;base64,{Convert.ToBase64String(data.Span)}";
    }

    // Colours of classes have none between them.
    private static string Png(SKBitmap mask)
    {
        using SKBitmap small = Shrink(mask, SKFilterQuality.None);
        using SKData data = small.Encode(SKEncodedImageFormat.Png, 100);
        return $"data:image/png;base64,{Convert.ToBase64String(data.Span)}";
    }

    private static SKBitmap Shrink(SKBitmap bitmap, SKFilterQuality quality)
    {
        double scale = Math.Min(1, (double)LongestSide / Math.Max(bitmap.Width, bitmap.Height));
        return scale == 1
            ? bitmap.Copy()
            : bitmap.Resize(new SKImageInfo((int)(bitmap.Width * scale), (int)(bitmap.Height * scale)), quality);
    }
}

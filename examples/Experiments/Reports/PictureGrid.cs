using Experiments.Results;
using Microsoft.ML.Data;
using Road.MLNet;

namespace Experiments.Reports;

/// <summary>Fig. 5: test images, their truth and what the variants see. It shows photographs, so it stays on the user's machine.</summary>
internal sealed class PictureGrid
{
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
                run => run.Shown is not null && Directory.Exists(store.MaskFolder(run.Id)))];
        if (runs.Length == 0)
        {
            return null;
        }

        TestImages images = new(runs[0], dataRoot);
        List<IReadOnlyList<string>> rows = [];
        foreach ((string name, int index) in runs[0].Shown!)
        {
            using MLImage photo = images.Photo(name, index);
            (byte[] keys, int width, int height) = images.Truth(index);
            using MLImage truth = SegmentationDrawing.Paint(new LabelMask(keys, width, height), images.Colors);
            List<string> row = [PagePicture.Photo(photo), PagePicture.Mask(truth)];
            foreach (RunResult run in runs)
            {
                using MLImage mask = SegmentationDrawing.Load(Path.Combine(store.MaskFolder(run.Id), name + ".png"));
                row.Add(PagePicture.Mask(mask));
            }

            rows.Add(row);
        }

        return new PictureGrid(
            ["Image", "Truth", .. runs.Select(static run => VariantTitles.Of(run.Name))],
            rows,
            images.Classes);
    }
}

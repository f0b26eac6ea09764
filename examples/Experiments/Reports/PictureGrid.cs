using Experiments.Definition;
using Experiments.Results;
using Microsoft.ML;
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

            using MLImage photo = SegmentationDrawing.Load(images[index]);
            IDataView label = ml.Transforms.LoadLabelMasks("Label", null, "LabelPath", encoding).Fit(files).Transform(
                Running.Rows.Only(ml, files, index));
            List<string> row = [PagePicture.Photo(photo), Truth(label, encoding)];
            foreach (RunResult run in runs)
            {
                using MLImage mask = SegmentationDrawing.Load(Path.Combine(store.MaskFolder(Id(run)), name + ".png"));
                row.Add(PagePicture.Mask(mask));
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

    private static string Truth(IDataView labels, LabelEncoding encoding)
    {
        VBuffer<byte> keys = labels.GetColumn<VBuffer<byte>>("Label").Single();
        VBuffer<int> size = labels.GetColumn<VBuffer<int>>("LabelSize").Single();
        using MLImage truth = SegmentationDrawing.Paint(LabelMask.From(in keys, in size), encoding.ClassColors);
        return PagePicture.Mask(truth);
    }
}

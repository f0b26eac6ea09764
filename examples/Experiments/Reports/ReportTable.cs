using System.Globalization;
using Experiments.Results;

namespace Experiments.Reports;

/// <summary>A table in the paper's form: variants as rows, classes as columns, and the score behind them.</summary>
internal sealed class ReportTable
{
    private const string Nothing = "–";

    private ReportTable(
        string title, string note, IReadOnlyList<string> headers,
        IReadOnlyList<(string Name, IReadOnlyList<TableCell> Cells, bool IsBound)> rows)
    {
        Title = title;
        Note = note;
        Headers = headers;
        Rows = rows;
    }

    public string Title { get; }

    public string Note { get; }

    /// <summary>The columns' names; the first is that of the rows' names.</summary>
    public IReadOnlyList<string> Headers { get; }

    public IReadOnlyList<(string Name, IReadOnlyList<TableCell> Cells, bool IsBound)> Rows { get; }

    /// <summary>Whether the last four columns are of the score and not of a class.</summary>
    public bool HasScores { get; private init; } = true;

    /// <summary>Whether columns are narrower than their names, which a page must break.</summary>
    public bool HasLongHeaders { get; private init; }

    /// <summary>Whether there are so many columns that a page must set them closely.</summary>
    public bool IsDense => Headers.Count > 16;

    /// <summary>The tables that the results have rows for; no row is left out.</summary>
    public static IReadOnlyList<ReportTable> CreateAll(ReportData data)
    {
        (string Title, string Note, string[] Names)[] groups =
        [
            ("What the parts do", "Table 1 of the paper: each part of ROAD alone, what it is compared with, and both together.",
                ["none", "frozen", "source-distillation", "distillation", "spatial", "label-inversion", "road"]),
            ("The parts under the strong recipe",
                "The same once the source's crops vary in scale, colour and sharpness and its classes weigh alike.",
                ["none", "strong", "strong-distillation", "strong-spatial-1x1", "strong-spatial", "strong-road"]),
            ("Self-training", "What came after ROAD, under the strong recipe, alone and with ROAD's parts.",
                [
                    "none", "strong", "self-training-threshold", "self-training", "self-training-class-balanced", "masked",
                    "road-self-training",
                ]),
            ("A few labels of the target", "The same self-training where some of the target's training images have labels.",
                ["none", "self-training", "few-labels-16", "few-labels-4", "strong-upper-bound"]),
            ("Beside other methods", "Table 2 of the paper.", ["none", "fcns-in-the-wild", "curriculum", "road"]),
            ("Partitions of the image", "Figure 6 of the paper in numbers: spatial adaptation alone, with more and more regions.",
                ["none", "spatial-1x1", "spatial-2x1", "spatial-2x2", "spatial-3x3"]),
        ];
        string[] placed = [.. groups.SelectMany(static group => group.Names), "upper-bound"];
        List<ReportTable> tables = [];

        // A table is worth its place where a row stands in it that no other shows before.
        HashSet<string> shown = ["none", "upper-bound", "road"];
        foreach ((string title, string note, string[] names) in groups)
        {
            IReadOnlyList<ReportRow> rows = data.FindAll(names.Append("upper-bound"));
            if (rows.Any(row => !shown.Contains(row.Name)))
            {
                tables.Add(Create(data, title, note, rows));
            }

            shown.UnionWith(names);
        }

        ReportRow[] others = [.. data.Rows.Where(row => !placed.Contains(row.Name) || (tables.Count == 0 && row.Name != "none"))];
        if (others.Length > 0)
        {
            tables.Add(
                Create(data, "More variants", "Each beside training without adaptation.", [
                    .. data.FindAll("none"), .. others.Where(static row => row.Name != "none")]));
        }

        if (tables.Count == 0)
        {
            tables.Add(Create(data, "Results", "", data.Rows));
        }

        if (HasDetails(data))
        {
            tables.Add(OfDetails(data));
        }

        return data.Layout is { } layout ? [.. tables, OfLayout(layout)] : tables;
    }

    /// <summary>Whether single images, outlines or confidence were measured with any run.</summary>
    public static bool HasDetails(ReportData data) =>
        data.Rows.Any(static row => row.Images.Count > 0 || row.Boundary is not null || row.CalibrationError is not null);

    private static ReportTable OfDetails(ReportData data)
    {
        (string Header, Func<ReportRow, Statistic?> Get, int Sense)[] columns =
        [
            ("mIoU, last", static row => row.Last, 1),
            ("boundary mIoU", static row => row.Boundary, 1),
            ("mean of images", static row => row.OfImages(static images => images.Mean), 1),
            ("deviation of images", static row => row.OfImages(static images => images.StandardDeviation), 0),
            ("worst image", static row => row.OfImages(static images => images.Minimum), 1),
            ("5 %", static row => row.OfImages(static images => images.Quantile(0.05)), 1),
            ("25 %", static row => row.OfImages(static images => images.Quantile(0.25)), 1),
            ("median", static row => row.OfImages(static images => images.Median), 1),
            ("75 %", static row => row.OfImages(static images => images.Quantile(0.75)), 1),
            ("95 %", static row => row.OfImages(static images => images.Quantile(0.95)), 1),
            ("calibration error", static row => row.CalibrationError, -1),
            ("mean confidence", static row => row.Confidence, 0),
            ("accuracy", static row => row.Accuracy, 1),
        ];
        TableCell[][] cells = [.. columns.Select(column => Column(data.Rows, column.Get, column.Sense))];
        return new ReportTable(
            "Single images, outlines, confidence",
            ReportText.Details,
            ["", .. columns.Select(static column => column.Header)],
            [.. data.Rows.Select((row, i) =>
                (row.Title, (IReadOnlyList<TableCell>)[.. cells.Select(column => column[i])], ReportData.IsBound(row)))])
        {
            HasScores = false,
            HasLongHeaders = true,
        };
    }

    private static ReportTable OfLayout(DomainLayout layout) => new(
        "What lies where in both domains",
        "The share of each class among the labelled pixels of a region, in per cent, source → target. Apart is half the sum of the "
        + "differences: 0 for the same mix of classes, 100 for none in common. The target's labels are read for this alone.",
        ["", .. layout.Classes, "apart"],
        [.. Enumerable.Range(0, layout.Source.Count).Select(region => (layout.RegionName(region), (IReadOnlyList<TableCell>)
        [
            .. layout.Source[region].Zip(layout.Target[region], static (source, target) => Plain($"{100 * source:0} → {100 * target:0}")),
            Plain($"{100 * layout.Apart(region):0}"),
        ], false))])
    {
        HasScores = false,
    };

    private static TableCell Plain(FormattableString text) => new(HtmlText.Format(text), null, false);

    private static ReportTable Create(ReportData data, string title, string note, IReadOnlyList<ReportRow> rows)
    {
        List<TableCell[]> columns = [];
        for (int i = 0; i < data.ClassNames.Count; i++)
        {
            columns.Add(Column(rows, row => row.ClassIoU[i]));
        }

        columns.Add(Column(rows, static row => row.Last));
        columns.Add(Column(rows, static row => row.Best));
        columns.Add(
            [
                .. rows.Select(
                    static row => new TableCell(
                        string.Join(", ", row.Runs.Select(static run => run.BestIteration.ToString(CultureInfo.InvariantCulture))),
                        null, false))]);
        columns.Add([.. rows.Select(row => data.GapClosed(row) is not { } share
            ? new TableCell(Nothing, null, false)
            : new TableCell(
                string.Create(CultureInfo.InvariantCulture, $"{100 * share.Mean:0;−0;0}"),
                share.Deviation is { } deviation ? string.Create(CultureInfo.InvariantCulture, $"{100 * deviation:0}") : null,
                false))]);
        return new ReportTable(
            title,
            note,
            ["", .. data.ClassNames, "mIoU, last", "mIoU, best", "best at iteration", "gap closed, %"],
            [.. rows.Select(
                (row, i) => (row.Title, (IReadOnlyList<TableCell>)[.. columns.Select(column => column[i])], ReportData.IsBound(row)))]);
    }

    /// <param name="rows">The rows.</param>
    /// <param name="get">The value of a row.</param>
    /// <param name="sense">1 where the highest is the best, -1 where the lowest is, 0 where none is better than another.</param>
    private static TableCell[] Column(IReadOnlyList<ReportRow> rows, Func<ReportRow, Statistic?> get, int sense = 1)
    {
        // Of the numbers as they are shown; a column of zeros has no best.
        double[] shown = [.. rows.Where(static row => !ReportData.IsBound(row)).Select(row => get(row)?.Shown).OfType<double>()];
        double? best = sense == 0 || shown.All(static value => value <= 0) ? null : sense > 0 ? shown.Max() : shown.Min();
        return [.. rows.Select(row => get(row) is not { } value
            ? new TableCell(Nothing, null, false)
            : new TableCell(
                string.Create(CultureInfo.InvariantCulture, $"{value.Shown:0.0}"),
                value.Deviation is { } deviation ? string.Create(CultureInfo.InvariantCulture, $"{100 * deviation:0.0}") : null,
                value.Shown == best && !ReportData.IsBound(row)))];
    }
}

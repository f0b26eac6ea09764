using System.Globalization;
using Road.Torch.Metrics;

namespace Experiments.Reports;

/// <summary>The charts of a report.</summary>
internal static class Figures
{
    private const string Score = "mIoU (%)";
    private const string Spread = "The spread is one standard deviation over the seeds.";

    // A variant has one colour in all charts.
    private static readonly string[] Colored =
    [
        "none", "road", "distillation", "spatial", "source-distillation", "frozen", "fcns-in-the-wild", "curriculum",
        "label-inversion", "upper-bound",
    ];

    // The division into 3 x 3 is what spatial adaptation is without saying more.
    private static readonly Dictionary<string, int> PartitionColors =
        new() { ["spatial-1x1"] = 4, ["spatial-2x1"] = 5, ["spatial-2x2"] = 7, ["spatial-3x3"] = 3 };

    private static readonly string[] Partitions = ["spatial-1x1", "spatial-2x1", "spatial-2x2", "spatial-3x3"];

    /// <summary>Learning curves of the target score.</summary>
    public static IReadOnlyList<Figure> Curves(ReportData data)
    {
        string[] parts = ["none", "frozen", "source-distillation", "distillation", "spatial", "label-inversion", "road"];
        string[] methods = ["none", "fcns-in-the-wild", "curriculum", "road"];
        string[] placed = [.. parts, .. methods, .. Partitions, "upper-bound"];
        return
        [
            .. Curve("learning-curves-parts", "The parts of ROAD", data.FindAll(parts), 2),
            .. Curve("learning-curves-methods", "Other methods", data.FindAll(methods), 3),
            .. Curve("learning-curves-partitions", "Partitions", data.FindAll(Partitions), 2),
            .. Curve("learning-curves-others", "Other variants", [.. data.Rows.Where(row => !placed.Contains(row.Name))], 1),
            .. Curve("learning-curves-bounds", "Without adaptation, and on target labels", data.FindAll("none", "upper-bound"), 2),
        ];
    }

    /// <summary>Figure 6 of the paper: the score over the partition of the image.</summary>
    public static IReadOnlyList<Figure> Partition(ReportData data)
    {
        IReadOnlyList<ReportRow> rows = data.FindAll(Partitions);
        return rows.Count < 2 ? [] :
        [
            new Figure(
                "partitions", "Partitions of the image (Figure 6 of the paper)",
                $"Spatial adaptation alone, after the last iteration. Small points are the seeds. {Spread}", new LineChart
            {
                Title = "Target score over the partition of the image",
                XTitle = "regions, rows × columns",
                YTitle = Score,
                XLabels = [.. rows.Select(static row => row.Name["spatial-".Length..].Replace("x", " × ", StringComparison.Ordinal))],
                HasLines = false,
                Series = [new ChartSeries("Spatial adaptation", 3, Points(rows))],
                References = References(data),
            }.Draw()),
        ];
    }

    /// <summary>The score over each option that was swept, all variants it was swept for in one chart.</summary>
    public static IReadOnlyList<Figure> Sweeps(ReportData data) =>
        [.. data.Sweeps.GroupBy(static sweep => sweep.Option).Select(option => Sweep(data, [.. option]))];

    /// <summary>A confusion matrix of each row.</summary>
    public static IReadOnlyList<Figure> Confusions(ReportData data) =>
    [
        .. data.Rows.Select(row => new Figure(
            $"confusion-{row.Name}", row.Title, "", ConfusionChart.Draw($"Confusion matrix: {row.Title}", data.ClassNames, row.Confusion))),
    ];

    /// <summary>How the scores of single images spread in each row.</summary>
    public static IReadOnlyList<Figure> Images(ReportData data)
    {
        ReportRow[] rows = [.. data.Rows.Where(static row => row.Images.Count > 0)];
        return rows.Length == 0 ? [] :
        [
            new Figure("images", "Spread over the images", ReportText.Spread, new SpreadChart
            {
                Title = "The mIoU of single images",
                XTitle = Score,
                Rows = [.. rows.Select(static (row, i) => (row.Title, Color(row.Name, i), new ScoreDistribution(
                    row.Runs.SelectMany(static run => run.ImageIoU ?? []).OfType<double>())))],
            }.Draw()),
        ];
    }

    /// <summary>A reliability diagram of each row.</summary>
    public static IReadOnlyList<Figure> Reliability(ReportData data) =>
    [
        .. data.Rows.Where(static row => row.Reliability.Count > 0).Select(static row => new Figure(
            $"reliability-{row.Name}",
            row.Title,
            $"Expected calibration error {row.CalibrationError} %.",
            ReliabilityChart.Draw($"Reliability diagram: {row.Title}", row.Reliability))),
    ];

    private static Figure Sweep(ReportData data, ReportSweep[] sweeps)
    {
        ReportSweep first = sweeps[0];
        double[] values = [.. sweeps.SelectMany(static sweep => sweep.Points.Select(static point => point.Value)).Distinct().Order()];
        string names = string.Join(", ", sweeps.Select(static sweep => VariantTitles.Of(sweep.Variant)));
        return new Figure(
            $"sweep-{first.Option}",
            $"Sweep: {first.Title}",
            $"{names}: after the last iteration, all else unchanged. {Spread}",
            new LineChart
            {
                Title = $"Target score over {first.Title}",
                XTitle = first.Title,
                YTitle = Score,
                XLabels = [.. values.Select(static value => value.ToString("0.######", CultureInfo.InvariantCulture))],
                Series = [.. sweeps.Select(Line)],

                // Where no adaptation is swept itself, its one level would say what does not hold at the other values.
                References = sweeps.Any(static sweep => sweep.Variant == "none") ? [] : References(data),
            }.Draw());

        ChartSeries Line(ReportSweep sweep) => new(VariantTitles.Of(sweep.Variant),
            Color(sweep.Variant, 3),
            [.. sweep.Points.Select(point => Point(Array.IndexOf(values, point.Value), point.Row))]);
    }

    private static Figure[] Curve(string file, string title, IReadOnlyList<ReportRow> rows, int fewest) => rows.Count < fewest ? [] :
    [
        new Figure(file, title, Spread, new LineChart
        {
            Title = $"Learning curves: {title}",
            XTitle = "iteration",
            YTitle = Score,
            HasBands = true,
            Series = [
                .. rows.Select(
                    static (row, i) => new ChartSeries(
                        row.Title, Color(row.Name, i), [
                            .. row.Curve.Select(static point => Percent(point.Iteration, point.Score))]))],
        }.Draw()),
    ];

    private static ChartPoint[] Points(IReadOnlyList<ReportRow> rows) =>
        [.. rows.Select(static (row, i) => Point(i, row))];

    private static ChartPoint Point(int place, ReportRow row) =>
        Percent(place, row.Last, row.Runs.Select(static run => run.LastMeanIoU));

    private static ChartPoint Percent(double x, Statistic score, IEnumerable<double>? seeds = null) =>
        new(x, 100 * score.Mean, 100 * (score.Deviation ?? 0), [.. (seeds ?? []).Select(static seed => 100 * seed)]);

    private static (string, double)[] References(ReportData data) =>
        [.. data.FindAll("none").Select(static row => (row.Title, 100 * row.Last.Mean))];

    private static int Color(string variant, int otherwise) =>
        Array.IndexOf(Colored, variant) is var index and >= 0
            ? index
            : PartitionColors.GetValueOrDefault(variant, otherwise % Colored.Length);
}

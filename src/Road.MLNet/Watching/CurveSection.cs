using System.Text;
using Road.MLNet.Reports;
using static Road.MLNet.Reports.HtmlText;

namespace Road.MLNet.Watching;

/// <summary>The curves of a report: scores, every loss, rate, speed and memory, each in a chart of its own.</summary>
internal static class CurveSection
{
    private const int ScoreColor = 1;
    private const int LossColor = 2;
    private const int OtherColor = 7;

    public static void Append(StringBuilder page, ReportHistory history)
    {
        if (history.Points.Count == 0 && history.Scores.Count == 0)
        {
            return;
        }

        page.Append("<section><h2>Curves</h2><div class=\"curves\">");
        if (history is { Scores: { Count: > 0 } scores, Best: { } best })
        {
            Panel(
                page, "Mean IoU", "%", ScoreColor, [.. scores.Select(static score => new ChartPoint(score.Iteration, 100 * score.MeanIoU))],
                Format($"{100 * scores[^1].MeanIoU:0.0}"), [(Format($"best {100 * best.MeanIoU:0.0}"), 100 * best.MeanIoU)]);
        }

        foreach (string name in history.Points.SelectMany(static point => point.Losses.Keys).Distinct())
        {
            ChartPoint[] points =
            [
                .. history.Points.Where(point => point.Losses.ContainsKey(name))
                    .Select(point => new ChartPoint(point.Iteration, point.Losses[name])),
            ];
            Panel(page, name, "loss before its weight", LossColor, points, Format($"{points[^1].Y:0.000}"));
        }

        if (history.Points is [.., var last] all)
        {
            // An axis has four decimals, and rates have more zeros.
            int power = (int)Math.Floor(Math.Log10(Math.Max(all.Max(static point => point.Rate), 1e-12)));
            double unit = Math.Pow(10, power);
            Panel(
                page, "Learning rate", Format($"10^{power}"), OtherColor,
                [.. all.Select(point => new ChartPoint(point.Iteration, point.Rate / unit))], Format($"{last.Rate:0.0E+0}"));
            Panel(
                page, "Speed", "images a second", OtherColor,
                [.. all.Select(static point => new ChartPoint(point.Iteration, point.Speed))], Format($"{last.Speed:0.0}"));
            Panel(
                page, "Memory", "GB, the process", OtherColor,
                [.. all.Select(static point => new ChartPoint(point.Iteration, point.Memory / 1e9))], Format($"{last.Memory / 1e9:0.00}"));
        }

        page.Append("</div></section>\n");
    }

    private static void Panel(
        StringBuilder page, string title, string unit, int color, ChartPoint[] points, string last,
        IReadOnlyList<(string Name, double Value)>? references = null)
    {
        string chart = new LineChart
        {
            Title = $"{title} by iteration",
            XTitle = "iteration",
            YTitle = unit,
            Series = [new ChartSeries(title, color, points)],
            References = references ?? [],
            StartsAtZero = color != ScoreColor,
            HasMarkers = points.Length == 1,
            HasLegend = false,
            Width = 400,
            PlotHeight = 170,
        }.Draw();
        page.Append($"<figure class=\"panel\"><h3>{Escape(title)} <b>{last}</b></h3>{chart}</figure>");
    }
}

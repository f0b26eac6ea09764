using System.Text;
using QuickStart.Training;

namespace QuickStart.Report;

/// <summary>The page's loss curves.</summary>
internal static class LossSection
{
    private const int RoadColor = 1;
    private const int NoneColor = 2;

    public static void Append(StringBuilder page, ReportData data)
    {
        page.Append(
            "<section><h2>Losses</h2><ul class=\"classes\"><li><i class=\"line none\"></i>without adaptation</li><li><i class=\"line "
            + "road\"></i>with ROAD</li></ul>");
        page.Append("<div class=\"charts\">");
        Panel(page, "L<sub>seg</sub>, segmentation", "Cross-entropy of labelled simulator pixels.", "nats a pixel", null,
            Series(data.None, NoneColor, point => point.Segmentation), Series(data.Road, RoadColor, point => point.Segmentation));
        Panel(
            page, "L<sub>dist</sub>, distillation", "How far camera features have moved from the pretrained ones.",
            "feature distance", null,
            Series(data.Road, RoadColor, point => point.Distillation));

        // A classifier that cannot tell the domains apart has a loss of ln 2, in each of the nine regions.
        Panel(
            page, "L<sub>spt</sub>, spatial adaptation",
            "How well nine regional classifiers tell the domains apart; lower is better told apart.", "nats, sum of 9 regions",
            (9 * Math.Log(2), "chance: 9 ln 2"), Series(data.Road, RoadColor, point => point.Spatial));
        page.Append("</div></section>\n");
    }

    private static ChartSeries Series(RunResult run, int color, Func<LossPoint, double?> loss) => new(
        run.Name,
        color,
        [
            .. run.Losses.Where(point => loss(point) is not null)
                .Select(point => new ChartPoint(point.Iteration, loss(point)!.Value)),
        ]);

    private static void Panel(
        StringBuilder page, string title, string text, string unit, (double Value, string Name)? reference, params ChartSeries[] series)
    {
        ChartSeries[] drawn = [.. series.Where(line => line.Points.Count > 0)];
        if (drawn.Length == 0)
        {
            return;
        }

        string chart = new LineChart
        {
            Title = text,
            XTitle = "iteration",
            YTitle = unit,
            Series = drawn,
            References = reference is { } level ? [(level.Name, level.Value)] : [],
            StartsAtZero = true,
            HasMarkers = false,
            HasLegend = false,
            Width = 400,
            PlotHeight = 200,
        }.Draw();
        page.Append($"<div class=\"panel\"><h3>{title}</h3><p>{text}</p>{chart}</div>");
    }
}

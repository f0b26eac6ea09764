using System.Globalization;
using QuickStart.Training;
using Spectre.Console;

namespace QuickStart.Display;

/// <summary>The per-class IoU of both models on the console, the better one bold.</summary>
internal static class ResultTable
{
    public static void Write(RunResult none, RunResult road)
    {
        Table table = new Table().Border(TableBorder.Rounded).Title("IoU on held-out camera scenes");
        table.AddColumn("class");
        table.AddColumn(new TableColumn("without").RightAligned());
        table.AddColumn(new TableColumn("with ROAD").RightAligned());
        for (int i = 0; i < none.Metrics.ClassNames.Count; i++)
        {
            AddRow(
                table, none.Metrics.ClassNames[i], none.Metrics.PerClassIntersectionOverUnion[i],
                road.Metrics.PerClassIntersectionOverUnion[i]);
        }

        table.AddEmptyRow();
        AddRow(table, "mean IoU", none.Metrics.MeanIntersectionOverUnion, road.Metrics.MeanIntersectionOverUnion);
        AddRow(table, "pixel accuracy", none.Metrics.PixelAccuracy, road.Metrics.PixelAccuracy);
        AnsiConsole.Write(table);
    }

    private static void AddRow(Table table, string name, double without, double with) =>
        table.AddRow(Markup.Escape(name), Cell(without, without > with), Cell(with, with > without));

    private static string Cell(double value, bool better)
    {
        string text = double.IsNaN(value) ? "-" : value.ToString("0.000", CultureInfo.InvariantCulture);
        return better ? $"[bold green]{text}[/]" : text;
    }
}

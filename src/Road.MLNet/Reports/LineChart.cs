using System.Text;
using static Road.MLNet.Reports.HtmlText;

namespace Road.MLNet.Reports;

/// <summary>A chart of values from 0 up, as SVG: lines, with their spread where they have one, or points with whiskers.</summary>
internal sealed class LineChart
{
    private const int Left = 62;
    private const int Right = 18;
    private const int Top = 14;
    private const int AxisHeight = 46;
    private const int LegendLine = 22;
    private const double LetterWidth = 7.4;
    private const double SeriesDistance = 28;

    // Of the values' size: where all are alike, the axis is not to show their last digits.
    private const double SmallestRange = 0.01;
    private const double SmallestStep = 1e-4;

    /// <summary>What is drawn, read out to those who do not see it.</summary>
    public required string Title { get; init; }

    /// <summary>The horizontal axis' label.</summary>
    public required string XTitle { get; init; }

    /// <summary>The vertical axis' label.</summary>
    public required string YTitle { get; init; }

    /// <summary>The lines, with one point at least among them.</summary>
    public required IReadOnlyList<ChartSeries> Series { get; init; }

    /// <summary>Names of the places 0, 1, ... of the horizontal axis; null for an axis of numbers.</summary>
    public IReadOnlyList<string>? XLabels { get; init; }

    /// <summary>Whether the spread is a band around a line; else whiskers at its points.</summary>
    public bool HasBands { get; init; }

    /// <summary>Whether points are joined by lines.</summary>
    public bool HasLines { get; init; } = true;

    /// <summary>Whether points are marked, with whiskers and single values, and say what they are to a pointer on them.</summary>
    public bool HasMarkers { get; init; } = true;

    /// <summary>Whether the lines' names and the levels' stand below; else only the levels' do, on them.</summary>
    public bool HasLegend { get; init; } = true;

    /// <summary>Whether the vertical axis starts at 0; else where there is something to see.</summary>
    public bool StartsAtZero { get; init; }

    /// <summary>The width, in the picture's own unit.</summary>
    public int Width { get; init; } = 470;

    /// <summary>The height without the axis and the legend.</summary>
    public int PlotHeight { get; init; } = 230;

    /// <summary>Levels to compare with, dashed.</summary>
    public IReadOnlyList<(string Name, double Value)> References { get; init; } = [];

    private int Bottom => Top + PlotHeight;

    /// <summary>Draws the chart.</summary>
    public string Draw()
    {
        ChartPoint[] points = [.. Series.SelectMany(static series => series.Points)];
        double[] values =
        [
            .. points.SelectMany(static point => point.Seeds.Append(point.Y - point.Deviation).Append(point.Y + point.Deviation)),
            .. References.Select(static level => level.Value),
            .. StartsAtZero ? [0.0] : (double[])[],
        ];
        double step = NiceStep(Math.Max(values.Max() - values.Min(), SmallestRange * values.Max(Math.Abs)) / 5);
        double low = Math.Max(0, Math.Floor((values.Min() / step) - 0.15) * step);
        double high = Math.Ceiling((values.Max() / step) + 0.15) * step;
        double first = XLabels is null ? Math.Min(0, points.Min(static point => point.X)) : -0.5;
        double last = XLabels is null ? points.Max(static point => point.X) : XLabels.Count - 0.5;
        double X(double value) => Left + ((value - first) / (last - first) * (Width - Left - Right));
        double Y(double value) => Bottom - ((value - low) / (high - low) * PlotHeight);

        StringBuilder body = new();
        for (double value = low; value <= high + (step / 2); value += step)
        {
            body.Append(
                Format(
                    $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(value):0.#}\" y2=\"{Y(value):0.#}\"/><text ",
                    $"text-anchor=\"end\" x=\"{Left - 7}\" y=\"{Y(value) + 4.5:0.#}\">{value:0.####}</text>"));
        }

        foreach ((double place, string label) in Ticks(first, last))
        {
            body.Append(
                Format(
                    $"<line class=\"axis\" x1=\"{X(place):0.#}\" x2=\"{X(place):0.#}\" y1=\"{Bottom}\" y2=\"{Bottom + 4}\"/><text ",
                    $"text-anchor=\"middle\" x=\"{X(place):0.#}\" y=\"{Bottom + 19}\">{Escape(label)}</text>"));
        }

        body.Append(Format($"<line class=\"axis\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Bottom}\" y2=\"{Bottom}\"/>"));
        body.Append(
            Format(
                $"<text class=\"label\" text-anchor=\"middle\" x=\"{(Left + Width - Right) / 2}\" ",
                $"y=\"{Bottom + 39}\">{Escape(XTitle)}</text>"));
        body.Append(
            Format(
                $"<text class=\"label\" text-anchor=\"middle\" transform=\"translate(13 {Top + (PlotHeight / 2)}) ",
                $"rotate(-90)\">{Escape(YTitle)}</text>"));
        foreach ((int index, (string name, double value)) in References.Index())
        {
            string text = HasLegend ? "" : Format(
                $"<text text-anchor=\"end\" x=\"{Width - Right}\" y=\"{Y(value) - 5:0.#}\">{Escape(name)}</text>");
            body.Append(
                Format(
                    $"<line class=\"reference r{index % 2}\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(value):0.#}\" ",
                    $"y2=\"{Y(value):0.#}\"/>{text}"));
        }

        foreach (ChartSeries series in Series.Where(_ => HasBands))
        {
            IEnumerable<string> upper = series.Points.Select(point => Format($"{X(point.X):0.#},{Y(point.Y + point.Deviation):0.#}"));
            IEnumerable<string> lower = series.Points.Reverse().Select(
                point => Format($"{X(point.X):0.#},{Y(point.Y - point.Deviation):0.#}"));
            body.Append($"<polygon class=\"band f{series.Color}\" points=\"{string.Join(' ', upper.Concat(lower))}\"/>");
        }

        // Whiskers of several series at one place would hide each other.
        double distance = XLabels is null ? 0 : SeriesDistance;
        foreach ((int index, ChartSeries series) in Series.Index())
        {
            double shift = (index - ((Series.Count - 1) / 2.0)) * distance;
            DrawSeries(body, series, value => X(value) + shift, Y);
        }

        int height = HasLegend ? DrawLegend(body) : Bottom + AxisHeight;
        return Format(
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {height}\" role=\"img\" ",
            $"aria-label=\"{Escape(Title)}\">{body}</svg>");
    }

    private void DrawSeries(StringBuilder body, ChartSeries series, Func<double, double> x, Func<double, double> y)
    {
        if (HasLines)
        {
            string points = string.Join(' ', series.Points.Select(point => Format($"{x(point.X):0.#},{y(point.Y):0.#}")));
            string name = HasLegend ? "/>" : $"><title>{Escape(series.Name)}</title></polyline>";
            body.Append($"<polyline class=\"line c{series.Color}\" points=\"{points}\"{name}");
        }

        foreach (ChartPoint point in series.Points.Where(_ => HasMarkers))
        {
            string at = Format($"{x(point.X):0.#}");
            if (!HasBands && point.Deviation > 0)
            {
                double up = y(point.Y + point.Deviation), down = y(point.Y - point.Deviation), middle = x(point.X);
                body.Append(
                    Format(
                        $"<path class=\"whisker c{series.Color}\" d=\"M{at} {up:0.#}V{down:0.#}M{middle - 6:0.#} ",
                        $"{up:0.#}h12M{middle - 6:0.#} {down:0.#}h12\"/>"));
            }

            foreach (double seed in point.Seeds)
            {
                body.Append(Format($"<circle class=\"seed f{series.Color}\" cx=\"{x(point.X) + 13:0.#}\" cy=\"{y(seed):0.#}\" r=\"3\"/>"));
            }

            body.Append(
                Format(
                    $"<circle class=\"f{series.Color}\" cx=\"{at}\" cy=\"{y(point.Y):0.#}\" ",
                    $"r=\"{(HasBands ? 2.6 : 4.5)}\"><title>{Escape(series.Name)}, {Escape(Place(point.X))}: {point.Y:0.0} ± ",
                    $"{point.Deviation:0.0}</title></circle>"));
        }
    }

    private string Place(double x) => XLabels is null ? Format($"{x:0.######}") : XLabels[(int)x];

    private IEnumerable<(double Place, string Label)> Ticks(double first, double last)
    {
        if (XLabels is not null)
        {
            return XLabels.Select(static (label, i) => ((double)i, label));
        }

        double step = Math.Max(1, NiceStep((last - first) / 5));
        return Enumerable.Range(0, (int)((last - first) / step) + 1).Select(i => (first + (i * step), Format($"{first + (i * step):0}")));
    }

    /// <returns>The height of the whole picture.</returns>
    private int DrawLegend(StringBuilder body)
    {
        double x = Left;
        int y = Bottom + AxisHeight + 16;
        IEnumerable<(string Mark, string Name)> entries = Series
            .Select(
                static series =>
                    ($"<line class=\"line c{series.Color}\" x1=\"0\" x2=\"20\" y1=\"-4\" y2=\"-4\"/><circle class=\"f{series.Color}\" "
                        + "cx=\"10\" cy=\"-4\" r=\"3.5\"/>", series.Name))
            .Concat(References.Select(
                static (level, i) => ($"<line class=\"reference r{i % 2}\" x1=\"0\" x2=\"20\" y1=\"-4\" y2=\"-4\"/>", level.Name)));
        foreach ((string mark, string name) in entries)
        {
            double width = 44 + (name.Length * LetterWidth);
            if (x > Left && x + width > Width)
            {
                x = Left;
                y += LegendLine;
            }

            body.Append(
                Format($"<g transform=\"translate({x:0.#} {y})\">{mark}<text class=\"label\" x=\"27\" y=\"0\">{Escape(name)}</text></g>"));
            x += width;
        }

        return y + 12;
    }

    /// <summary>The next of 1, 2, 5, 10, 20, ... (and their tenths) that is not below a length.</summary>
    private static double NiceStep(double length)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(Math.Max(length, SmallestStep))));
        double share = length / power;
        return power * (share <= 1 ? 1 : share <= 2 ? 2 : share <= 5 ? 5 : 10);
    }
}

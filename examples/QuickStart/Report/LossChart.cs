using System.Globalization;
using System.Text;

namespace QuickStart.Report;

/// <summary>A line chart as inline SVG: a loss over iterations.</summary>
internal static class LossChart
{
    private const int Width = 380;
    private const int Height = 250;
    private const int Left = 46;
    private const int Right = 12;
    private const int Top = 12;
    private const int Bottom = 42;

    /// <param name="title">What is drawn, read out to those who do not see it.</param>
    /// <param name="unit">The vertical axis' label.</param>
    /// <param name="series">The lines, at least one with a point.</param>
    /// <param name="reference">A level to mark with a dashed line and its name, or null.</param>
    public static string Draw(string title, string unit, IReadOnlyList<ChartSeries> series, (double Value, string Name)? reference = null)
    {
        int last = series.Max(line => line.Points.Max(point => point.Iteration));
        double highest = Math.Max(series.Max(line => line.Points.Max(point => point.Value)), reference?.Value ?? 0);
        double step = NiceStep(highest / 4);
        double top = Math.Max(Math.Ceiling(highest * 1.08 / step), 1) * step;
        var svg = new StringBuilder();
        svg.Append(Format($"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{title}\">"));
        for (double value = 0; value <= top + (step / 2); value += step)
        {
            svg.Append(Format($"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(value):0.0}\" y2=\"{Y(value):0.0}\"/>"));
            svg.Append(Format($"<text class=\"tick\" text-anchor=\"end\" x=\"{Left - 6}\" y=\"{Y(value) + 3.5:0.0}\">{value:0.##}</text>"));
        }

        double stride = Math.Max(1, NiceStep(last / 4.0));
        for (double iteration = 0; iteration <= last; iteration += stride)
        {
            svg.Append(
                Format(
                    $"<line class=\"axis\" x1=\"{X(iteration):0.0}\" x2=\"{X(iteration):0.0}\" y1=\"{Height - Bottom}\" ",
                    $"y2=\"{Height - Bottom + 4}\"/>"));
            svg.Append(Format(
                $"<text class=\"tick\" text-anchor=\"middle\" x=\"{X(iteration):0.0}\" y=\"{Height - Bottom + 17}\">{iteration:0}</text>"));
        }

        svg.Append(
            Format($"<line class=\"axis\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Height - Bottom}\" y2=\"{Height - Bottom}\"/>"));
        svg.Append(
            Format($"<text class=\"label\" text-anchor=\"middle\" x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 6}\">iteration</text>"));
        svg.Append(
            Format(
                $"<text class=\"label\" text-anchor=\"middle\" transform=\"translate(12 {(Top + Height - Bottom) / 2}) ",
                $"rotate(-90)\">{unit}</text>"));
        if (reference is (double level, string name))
        {
            svg.Append(
                Format($"<line class=\"reference\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(level):0.0}\" y2=\"{Y(level):0.0}\"/>"));
            svg.Append(Format($"<text class=\"tick\" text-anchor=\"end\" x=\"{Width - Right}\" y=\"{Y(level) - 5:0.0}\">{name}</text>"));
        }

        foreach (ChartSeries line in series)
        {
            string points = string.Join(' ', line.Points.Select(point => Format($"{X(point.Iteration):0.0},{Y(point.Value):0.0}")));
            svg.Append(Format($"<polyline class=\"{line.Style}\" points=\"{points}\"><title>{line.Name}</title></polyline>"));
        }

        return svg.Append("</svg>").ToString();

        double X(double iteration) => Left + (iteration / last * (Width - Left - Right));
        double Y(double value) => Height - Bottom - (value / top * (Height - Top - Bottom));
    }

    /// <summary>The next of 1, 2, 5, 10, 20, ... (and their tenths) that is not below a length.</summary>
    private static double NiceStep(double length)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(Math.Max(length, 1e-6))));
        double share = length / power;
        return power * (share <= 1 ? 1 : share <= 2 ? 2 : share <= 5 ? 5 : 10);
    }

    private static string Format(params FormattableString[] text) =>
        string.Concat(text.Select(static part => part.ToString(CultureInfo.InvariantCulture)));
}

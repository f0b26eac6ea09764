using System.Text;
using Road.Torch.Metrics;
using static Road.MLNet.Reports.HtmlText;

namespace Experiments.Reports;

/// <summary>How the scores of many images spread, a row for each variant, as SVG: boxes from 0 to 100 per cent.</summary>
internal sealed class SpreadChart
{
    private const int Width = 900;
    private const int Right = 20;
    private const int Top = 8;
    private const int RowHeight = 30;
    private const int BoxHeight = 14;
    private const double LetterWidth = 7.4;

    /// <summary>What is drawn, read out to those who do not see it.</summary>
    public required string Title { get; init; }

    /// <summary>The horizontal axis' label.</summary>
    public required string XTitle { get; init; }

    /// <summary>The rows: their names, the numbers of their colours, and the scores, 0 to 1.</summary>
    public required IReadOnlyList<(string Name, int Color, ScoreDistribution Scores)> Rows { get; init; }

    /// <summary>Draws the chart.</summary>
    public string Draw()
    {
        double left = (Rows.Max(static row => row.Name.Length) * LetterWidth) + 16;
        int bottom = Top + (Rows.Count * RowHeight);
        double X(double value) => left + (value * (Width - left - Right));

        StringBuilder body = new();
        for (int percent = 0; percent <= 100; percent += 20)
        {
            body.Append(
                Format(
                    $"<line class=\"grid\" x1=\"{X(percent / 100.0):0.#}\" x2=\"{X(percent / 100.0):0.#}\" y1=\"{Top}\" y2=\"{bottom}\"/>",
                    $"<text text-anchor=\"middle\" x=\"{X(percent / 100.0):0.#}\" y=\"{bottom + 18}\">{percent}</text>"));
        }

        foreach ((int index, (string name, int color, ScoreDistribution scores)) in Rows.Index())
        {
            double middle = Top + ((index + 0.5) * RowHeight);
            body.Append(
                Format(
                    $"<text class=\"label\" text-anchor=\"end\" x=\"{left - 10:0.#}\" y=\"{middle + 4.5:0.#}\">{Escape(name)}</text>"));
            if (scores.Count > 0)
            {
                DrawRow(body, name, color, scores, middle, X);
            }
        }

        body.Append(
            Format(
                $"<line class=\"axis\" x1=\"{left:0.#}\" x2=\"{Width - Right}\" y1=\"{bottom}\" y2=\"{bottom}\"/><text class=\"label\" ",
                $"text-anchor=\"middle\" x=\"{(left + Width - Right) / 2:0.#}\" y=\"{bottom + 38}\">{Escape(XTitle)}</text>"));
        return Format(
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {bottom + 46}\" role=\"img\" ",
            $"aria-label=\"{Escape(Title)}\">{body}</svg>");
    }

    private static void DrawRow(StringBuilder body, string name, int color, ScoreDistribution scores, double middle, Func<double, double> x)
    {
        double low = x(scores.Quantile(0.25)), high = x(scores.Quantile(0.75)), top = middle - (BoxHeight / 2.0);
        body.Append(
            Format(
                $"<g><title>{Escape(name)}: mean {100 * scores.Mean:0.0}, median {100 * scores.Median:0.0}, half from ",
                $"{100 * scores.Quantile(0.25):0.0} to {100 * scores.Quantile(0.75):0.0}, 5 to 95 % from ",
                $"{100 * scores.Quantile(0.05):0.0} to {100 * scores.Quantile(0.95):0.0}</title>",
                $"<path class=\"whisker c{color}\" d=\"M{x(scores.Quantile(0.05)):0.#} {middle:0.#}H{x(scores.Quantile(0.95)):0.#}\"/>",
                $"<rect class=\"ground\" x=\"{low:0.#}\" width=\"{high - low:0.#}\" y=\"{top:0.#}\" height=\"{BoxHeight}\"/>",
                $"<rect class=\"f{color} c{color}\" fill-opacity=\"0.28\" x=\"{low:0.#}\" width=\"{high - low:0.#}\" y=\"{top:0.#}\" ",
                $"height=\"{BoxHeight}\"/>",
                $"<path class=\"whisker c{color}\" d=\"M{x(scores.Median):0.#} {top:0.#}v{BoxHeight}\"/>",
                $"<circle class=\"f{color}\" cx=\"{x(scores.Mean):0.#}\" cy=\"{middle:0.#}\" r=\"3.4\"/></g>"));
    }
}

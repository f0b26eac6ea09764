using System.Text;
using static Road.MLNet.Reports.HtmlText;

namespace Road.MLNet.Reports;

/// <summary>A confusion matrix as SVG: each row of the truth in shares of its pixels.</summary>
internal static class ConfusionChart
{
    private const double LetterWidth = 7.4;

    // More classes than these leave no room for numbers.
    private const int MostWithNumbers = 12;

    public static string Draw(string title, IReadOnlyList<string> names, long[][] counts)
    {
        bool hasNumbers = names.Count <= MostWithNumbers;
        int cell = hasNumbers ? 40 : 24;
        double margin = (names.Max(static name => name.Length) * LetterWidth) + 34;
        double size = margin + (cell * names.Count) + 8;
        StringBuilder body = new();
        for (int truth = 0; truth < names.Count; truth++)
        {
            double middle = margin + (cell * (truth + 0.5));
            body.Append(
                Format(
                    $"<text class=\"label\" text-anchor=\"end\" x=\"{margin - 8:0.#}\" ",
                    $"y=\"{middle + 4.5:0.#}\">{Escape(names[truth])}</text>"));
            body.Append(
                Format(
                    $"<text class=\"label\" transform=\"translate({middle + 4.5:0.#} {margin - 8:0.#}) ",
                    $"rotate(-90)\">{Escape(names[truth])}</text>"));
            long total = counts[truth].Sum();
            for (int predicted = 0; predicted < names.Count; predicted++)
            {
                double share = total == 0 ? 0 : (double)counts[truth][predicted] / total;
                double x = margin + (cell * predicted), y = margin + (cell * truth);
                body.Append(
                    Format(
                        $"<rect class=\"{(truth == predicted ? "heat right" : "heat")}\" x=\"{x:0.#}\" y=\"{y:0.#}\" ",
                        $"width=\"{cell - 2}\" height=\"{cell - 2}\" rx=\"3\" ",
                        $"fill-opacity=\"{(total == 0 ? 0 : 0.05 + (0.95 * share)):0.###}\"><title>{Escape(names[truth])} taken for ",
                        $"{Escape(names[predicted])}: {100 * share:0.0} %</title></rect>"));
                if (hasNumbers && share >= 0.005)
                {
                    body.Append(
                        Format(
                            $"<text class=\"{(share > 0.65 ? "on" : "off")}\" text-anchor=\"middle\" x=\"{x + (cell / 2.0) - 1:0.#}\" ",
                            $"y=\"{y + (cell / 2.0) + 4:0.#}\">{100 * share:0}</text>"));
                }
            }
        }

        double center = margin + (cell * names.Count / 2.0);
        body.Append(
            Format(
                $"<text text-anchor=\"middle\" x=\"{center:0.#}\" y=\"14\">predicted</text><text text-anchor=\"middle\" ",
                $"transform=\"translate(14 {center:0.#}) rotate(-90)\">truth</text>"));
        return Format(
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {size:0} {size:0}\" role=\"img\" ",
            $"aria-label=\"{Escape(title)}\">{body}</svg>");
    }
}

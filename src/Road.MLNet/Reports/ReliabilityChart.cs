using System.Text;
using static Road.MLNet.Reports.HtmlText;

namespace Road.MLNet.Reports;

/// <summary>A reliability diagram as SVG: the accuracy of each bin of confidence, and the pixels' shares below.</summary>
internal static class ReliabilityChart
{
    private const int Left = 58;
    private const int Top = 12;
    private const int Side = 260;
    private const int Bottom = Top + Side;
    private const int StripTop = Bottom + 12;
    private const int StripHeight = 46;
    private const int Width = Left + Side + 14;
    private const int Height = StripTop + StripHeight + 46;

    /// <param name="title">What is drawn, read out to those who do not see it.</param>
    /// <param name="bins">Bins of equal width from 0 to 1.</param>
    public static string Draw(string title, IReadOnlyList<(long Pixels, double Accuracy, double Confidence)> bins)
    {
        StringBuilder body = new();
        for (int percent = 0; percent <= 100; percent += 20)
        {
            double x = X(percent / 100.0), y = Y(percent / 100.0);
            body.Append(
                Format(
                    $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Left + Side}\" y1=\"{y:0.#}\" y2=\"{y:0.#}\"/><text text-anchor=\"end\" ",
                    $"x=\"{Left - 7}\" y=\"{y + 4.5:0.#}\">{percent}</text><text text-anchor=\"middle\" x=\"{x:0.#}\" ",
                    $"y=\"{StripTop + StripHeight + 18}\">{percent}</text>"));
        }

        long total = bins.Sum(static bin => bin.Pixels);
        double largest = bins.Max(bin => (double)bin.Pixels / total);
        for (int i = 0; i < bins.Count; i++)
        {
            if (bins[i].Pixels > 0)
            {
                DrawBin(body, bins, i, (double)bins[i].Pixels / total, largest);
            }
        }

        body.Append(
            Format(
                $"<line class=\"reference\" x1=\"{Left}\" x2=\"{Left + Side}\" y1=\"{Bottom}\" y2=\"{Top}\"/><line class=\"axis\" ",
                $"x1=\"{Left}\" x2=\"{Left + Side}\" y1=\"{Bottom}\" y2=\"{Bottom}\"/><line class=\"axis\" x1=\"{Left}\" ",
                $"x2=\"{Left + Side}\" y1=\"{StripTop + StripHeight}\" y2=\"{StripTop + StripHeight}\"/>"));
        body.Append(
            Format(
                $"<text class=\"label\" text-anchor=\"middle\" x=\"{Left + (Side / 2)}\" y=\"{Height - 8}\">confidence (%)</text>",
                $"<text class=\"label\" text-anchor=\"middle\" transform=\"translate(13 {Top + (Side / 2)}) rotate(-90)\">right (%)</text>",
                $"<text text-anchor=\"end\" x=\"{Left - 7}\" y=\"{StripTop + (StripHeight / 2) + 4}\">pixels</text>"));
        return Format(
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" ",
            $"aria-label=\"{Escape(title)}\">{body}</svg>");
    }

    private static void DrawBin(
        StringBuilder body, IReadOnlyList<(long Pixels, double Accuracy, double Confidence)> bins, int index, double share, double largest)
    {
        (_, double accuracy, double confidence) = bins[index];
        double left = X((double)index / bins.Count) + 0.75, width = ((double)Side / bins.Count) - 1.5;
        double low = Math.Min(accuracy, confidence), high = Math.Max(accuracy, confidence);
        string words = Format(
            $"<title>{100.0 * index / bins.Count:0} to {100.0 * (index + 1) / bins.Count:0} % sure: {100 * confidence:0.0} % on average, ",
            $"{100 * accuracy:0.0} % right; {100 * share:0.0} % of the pixels</title>");
        body.Append(
            Format(
                $"<g>{words}<rect class=\"heat right\" fill-opacity=\"0.8\" x=\"{left:0.##}\" width=\"{width:0.##}\" ",
                $"y=\"{Y(accuracy):0.##}\" height=\"{Bottom - Y(accuracy):0.##}\"/>",
                $"<rect class=\"heat\" fill-opacity=\"0.4\" x=\"{left:0.##}\" width=\"{width:0.##}\" ",
                $"y=\"{Y(high):0.##}\" height=\"{Y(low) - Y(high):0.##}\"/><rect class=\"f0\" x=\"{left:0.##}\" ",
                $"width=\"{width:0.##}\" y=\"{StripTop + StripHeight - (share / largest * StripHeight):0.##}\" ",
                $"height=\"{share / largest * StripHeight:0.##}\"/></g>"));
    }

    private static double X(double value) => Left + (value * Side);

    private static double Y(double value) => Bottom - (value * Side);
}

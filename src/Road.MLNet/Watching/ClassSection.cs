using System.Text;
using Road.Torch.Training;
using static Road.MLNet.Reports.HtmlText;

namespace Road.MLNet.Watching;

/// <summary>The table of classes in a report: IoU now and at the best evaluation, its course, the class's share of the pixels.</summary>
internal static class ClassSection
{
    private const int LineWidth = 120;
    private const int LineHeight = 24;

    public static void Append(StringBuilder page, ReportHistory history, TrainingStart start)
    {
        if (history is not { Scores: [.., var last], Best: { } best, Details: { } details })
        {
            return;
        }

        long labelled = details.Confusion.Sum(static row => row.Sum());
        bool hasWeights = start.ClassWeights is { } weights && weights.Count == history.ClassNames.Count;
        page.Append("<section><h2>Classes</h2><p>");
        page.Append(Format(
            $"IoU on {details.ImageCount} labelled images: the pixels that truth and prediction both give a class, over those that either ",
            $"does. The bar is the last evaluation, the line its course, and the share is of the true pixels.</p>"));
        page.Append(
            "<div class=\"panel scroll\" tabindex=\"0\"><table class=\"numbers\"><thead><tr><th scope=\"col\">class</th>"
            + $"<th scope=\"col\">IoU, iteration {last.Iteration}</th><th scope=\"col\">course</th>"
            + $"<th scope=\"col\">at the best, {best.Iteration}</th><th scope=\"col\">share</th>"
            + $"{(hasWeights ? "<th scope=\"col\">weight</th>" : "")}</tr></thead><tbody>");
        for (int i = 0; i < history.ClassNames.Count; i++)
        {
            int index = i;
            string color = $"<i class=\"swatch\" style=\"background:{history.ClassColors[i]}\"></i>";
            page.Append($"<tr><th scope=\"row\">{color}{Escape(history.ClassNames[i])}</th>");
            page.Append($"<td>{Bar(last.Classes[i])}</td><td>{Line(history.Scores, score => score.Classes[index])}</td>");
            page.Append($"<td>{Number(best.Classes[i])}</td>");
            page.Append(Format($"<td>{100.0 * details.Confusion[i].Sum() / Math.Max(1, labelled):0.0} %</td>"));
            page.Append(hasWeights ? Format($"<td>{start.ClassWeights![i]:0.##}</td>") : "").Append("</tr>");
        }

        page.Append($"<tr class=\"mean\"><th scope=\"row\">mean</th><td>{Bar(last.MeanIoU)}</td>");
        page.Append($"<td>{Line(history.Scores, static score => score.MeanIoU)}</td><td>{Number(best.MeanIoU)}</td><td></td>");
        page.Append(hasWeights ? "<td></td>" : "").Append("</tr>");
        page.Append($"<tr><th scope=\"row\">pixel accuracy</th><td>{Bar(last.Accuracy)}</td>");
        page.Append($"<td>{Line(history.Scores, static score => score.Accuracy)}</td><td>{Number(best.Accuracy)}</td><td></td>");
        page.Append(hasWeights ? "<td></td>" : "").Append("</tr></tbody></table></div></section>\n");
    }

    private static string Number(double? value) => value is { } number ? Format($"{100 * number:0.0}") : "–";

    private static string Bar(double? value) => value is { } number
        ? Format($"<span class=\"bar\"><i style=\"width:{100 * number:0.#}%\"></i></span><span class=\"number\">{100 * number:0.0}</span>")
        : "<span class=\"number\">–</span>";

    private static string Line(List<ReportScore> scores, Func<ReportScore, double?> value)
    {
        (double X, double Y)[] points =
        [
            .. scores.Select((score, place) => (Place: place, Value: value(score))).Where(static point => point.Value is not null)
                .Select(point => (
                    3 + ((LineWidth - 6.0) * point.Place / Math.Max(1, scores.Count - 1)),
                    LineHeight - 3 - ((LineHeight - 6) * point.Value!.Value))),
        ];
        if (points.Length == 0)
        {
            return "";
        }

        string places = string.Join(' ', points.Select(static point => Format($"{point.X:0.#},{point.Y:0.#}")));
        return Format(
            $"<svg class=\"course\" viewBox=\"0 0 {LineWidth} {LineHeight}\" aria-hidden=\"true\"><polyline class=\"line c1\" ",
            $"points=\"{places}\"/><circle class=\"f1\" cx=\"{points[^1].X:0.#}\" cy=\"{points[^1].Y:0.#}\" r=\"3\"/></svg>");
    }
}

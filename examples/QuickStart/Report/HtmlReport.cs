using System.Text;
using QuickStart.Training;
using Road.MLNet;
using static Road.MLNet.Reports.HtmlText;

namespace QuickStart.Report;

/// <summary>Writes the page: one file with its pictures, charts and style inside.</summary>
internal static class HtmlReport
{
    public static void Write(string path, ReportData data)
    {
        var page = new StringBuilder();
        AppendHead(page, data);
        SceneSection.Append(page, data);
        AppendTable(page, data.None.Metrics, data.Road.Metrics);
        LossSection.Append(page, data);
        FactSection.Append(page, data);
        page.Append("<footer>All pictures on this page were drawn by the QuickStart itself.</footer>\n");
        OutputFile.Write(path, HtmlPage.Create("ROAD QuickStart", ReportStyle.Css, page.ToString()));
    }

    private static void AppendHead(StringBuilder page, ReportData data)
    {
        double none = data.None.Metrics.MeanIntersectionOverUnion;
        double road = data.Road.Metrics.MeanIntersectionOverUnion;
        page.Append("<header><h1>From simulator to camera, without a camera label</h1>");
        page.Append(
            "<p class=\"lead\">Two networks learned from the same labelled simulator scenes. One of them, trained with ROAD, also saw ");
        page.Append("camera scenes without any label. Both were then measured on camera scenes that neither had seen.</p>");
        page.Append("<div class=\"scores\">");
        Score(page, "none", Number(none), "mIoU without adaptation");
        Score(page, "road", Number(road), "mIoU with ROAD");
        Score(page, "", Format($"{100 * Difference(none, road):+0.0;−0.0;0.0}"), "points of mIoU between them");
        page.Append("</div></header>\n");
    }

    private static void Score(StringBuilder page, string style, string value, string text) =>
        page.Append($"<div class=\"score {style}\"><b>{value}</b><span>{text}</span></div>");

    private static void AppendTable(StringBuilder page, SemanticSegmentationMetrics none, SemanticSegmentationMetrics road)
    {
        page.Append("<section><h2>Intersection over union by class</h2>");
        page.Append(Format($"<p>On {RunSettings.TestScenes} held-out camera scenes; the better of both in bold.</p>"));
        page.Append(
            "<div class=\"panel scroll\" tabindex=\"0\"><table class=\"numbers\"><thead><tr><th scope=\"col\">class</th><th "
            + "scope=\"col\">without adaptation</th><th scope=\"col\">with ROAD</th><th scope=\"col\">difference</th></tr></thead><tbody>");
        for (int i = 0; i < none.ClassNames.Count; i++)
        {
            Row(page, "", none.ClassNames[i], none.PerClassIntersectionOverUnion[i], road.PerClassIntersectionOverUnion[i]);
        }

        Row(page, " class=\"mean\"", "mean IoU", none.MeanIntersectionOverUnion, road.MeanIntersectionOverUnion);
        Row(page, "", "pixel accuracy", none.PixelAccuracy, road.PixelAccuracy);
        page.Append("</tbody></table></div></section>\n");
    }

    private static void Row(StringBuilder page, string attributes, string name, double none, double road)
    {
        page.Append($"<tr{attributes}><th scope=\"row\">{Escape(name)}</th>");
        Cell(page, "none", none, none > road);
        Cell(page, "road", road, road > none);
        page.Append(Format($"<td>{Difference(none, road):+0.000;−0.000;0.000}</td></tr>"));
    }

    private static void Cell(StringBuilder page, string style, double value, bool best)
    {
        string bar = Format($"<span class=\"bar\"><i class=\"{style}\" style=\"width:{100 * value:0.0}%\"></i></span>");
        page.Append(
            $"<td{(best ? " class=\"best\"" : "")}>{(double.IsNaN(value) ? "" : bar)}<span class=\"number\">{Number(value)}</span></td>");
    }

    // Of the numbers as they are shown, so that a reader's subtraction agrees.
    private static double Difference(double none, double road) => Math.Round(road, 3) - Math.Round(none, 3);

    private static string Number(double value) => double.IsNaN(value) ? "–" : Format($"{value:0.000}");
}

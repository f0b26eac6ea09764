using System.Text;
using Experiments.Results;
using static Road.MLNet.Reports.HtmlText;

namespace Experiments.Reports;

/// <summary>The report as one page with charts, pictures and style inside.</summary>
internal static class HtmlReport
{
    /// <param name="data">The results.</param>
    /// <param name="pictures">Fig. 5; null where the data is not at hand.</param>
    public static string Create(ReportData data, PictureGrid? pictures)
    {
        StringBuilder page = new();
        AppendHead(page, data);
        foreach (ReportTable table in ReportTable.CreateAll(data))
        {
            AppendTable(page, table);
        }

        page.Append(ReportTable.HasDetails(data) ? "" : $"<p class=\"note\">{ReportText.NoDetails}</p>\n");
        AppendExpectations(page, Expectation.CheckAll(data));
        AppendFindings(page, data.Findings);
        AppendFigures(page, "Partitions and sweeps", "", "charts", [.. Figures.Partition(data), .. Figures.Sweeps(data)]);
        AppendFigures(page, "Learning curves of the target score", "", "charts", Figures.Curves(data));
        AppendFigures(page, "Single images", "", "wide", Figures.Images(data));
        AppendFigures(page, "Reliability diagrams", ReportText.Reliability, "matrices", Figures.Reliability(data));
        AppendPictures(page, pictures);
        // Many classes need room.
        AppendFigures(
            page, "Confusion matrices", ReportText.Confusion, data.ClassNames.Count > 12 ? "charts" : "matrices", Figures.Confusions(data));
        page.Append(
            WrongData.Find(data) is null ? "" : "<p><a href=\"what-goes-wrong.html\">What goes wrong</a>: which classes are taken for "
                + "which, and the worst images of the best row.</p>\n");
        page.Append("<section><h2>How it was made</h2><div class=\"panel\">");
        HtmlPage.AppendFacts(page, ReportText.Facts(data));
        page.Append("</div></section>\n");
        return HtmlPage.Create(data.First.Title, ReportStyle.Css, page.ToString());
    }

    private static void AppendHead(StringBuilder page, ReportData data)
    {
        page.Append($"<header><h1>{Escape(data.First.Title)}</h1><p class=\"lead\">{Escape(ReportText.Lead(data))}</p>");
        page.Append(data.First.Note is { } note ? $"<p>{Escape(note)}</p>" : "");
        page.Append(ReportText.Missing(data) is { } missing ? $"<p>{Escape(missing)}</p>" : "");
        page.Append("<div class=\"scores\">");
        foreach (ReportRow row in data.FindAll(((string?[])["none", "road", data.Best?.Name, "upper-bound"]).OfType<string>().Distinct()))
        {
            string share = row.Name is not ("none" or "upper-bound")
                && data.GapClosed(row) is { } gap ? Format($"<br/>{100 * gap.Mean:0;−0;0} % of the gap closed") : "";
            string deviation = row.Last.Deviation is { } spread ? Format($"<small> ± {100 * spread:0.0}</small>") : "";
            page.Append(
                $"<div class=\"score {(row == data.Best ? "road" : row.Name)}\">"
                + $"<b>{Format($"{row.Last.Shown:0.0}")}{deviation}</b><span>mIoU, "
                + $"{Escape(row.Title)}{share}</span></div>");
        }

        page.Append($"</div><p class=\"note\">{Escape(ReportText.Score)}</p></header>\n");
    }

    private static void AppendTable(StringBuilder page, ReportTable table)
    {
        page.Append(
            $"<section><h2>{Escape(table.Title)}</h2>{(table.Note.Length > 0 ? $"<p>{Escape(table.Note)}</p>" : "")}<div class=\"panel "
            + $"scroll\" tabindex=\"0\"><table "
            + $"class=\"numbers{(table.IsDense ? " dense" : "")}{(table.HasScores ? " scored" : "")}"
            + $"{(table.HasLongHeaders ? " wrapped" : "")}\"><thead><tr>");
        page.Append(string.Concat(table.Headers.Select(static header => $"<th scope=\"col\"><span>{Escape(header)}</span></th>")));
        page.Append("</tr></thead><tbody>");
        foreach ((string name, IReadOnlyList<TableCell> cells, bool isBound) in table.Rows)
        {
            page.Append($"<tr{(isBound ? " class=\"bound\"" : "")}><th scope=\"row\">{Escape(name)}</th>");
            foreach (TableCell cell in cells)
            {
                string deviation = cell.Deviation is null ? "" : $"<small>± {cell.Deviation}</small>";
                page.Append($"<td{(cell.IsBest ? " class=\"best\"" : "")}>{Escape(cell.Text)}{deviation}</td>");
            }

            page.Append("</tr>");
        }

        page.Append("</tbody></table></div></section>\n");
    }

    private static void AppendExpectations(StringBuilder page, IReadOnlyList<Expectation> expectations)
    {
        if (expectations.Count == 0)
        {
            return;
        }

        page.Append(
            $"<section><h2>What the paper leads one to expect</h2><p>{Escape(ReportText.Expectations)}</p>"
            + "<ul class=\"expectations panel\">");
        foreach (Expectation expectation in expectations)
        {
            string verdict = expectation.IsMet ? "met" : "not met";
            page.Append(
                $"<li><span class=\"verdict "
                + $"{(expectation.IsMet ? "met" : "missed")}\">{verdict}</span><span><b>{Escape(expectation.Text)}</b>"
                + $"<br/>{Escape(expectation.Evidence)}</span></li>");
        }

        page.Append("</ul></section>\n");
    }

    private static void AppendFindings(StringBuilder page, IReadOnlyList<Finding> findings)
    {
        if (findings.Count == 0)
        {
            return;
        }

        page.Append($"<section><h2>Findings</h2><p>{Escape(ReportText.Findings)}</p><div class=\"panel findings\">");
        foreach (Finding finding in findings)
        {
            page.Append($"<h3>{Escape(finding.Title)}</h3><p>{Escape(finding.Text)}</p>");
        }

        page.Append("</div></section>\n");
    }

    private static void AppendFigures(StringBuilder page, string title, string note, string style, IReadOnlyList<Figure> figures)
    {
        if (figures.Count == 0)
        {
            return;
        }

        page.Append($"<section><h2>{Escape(title)}</h2>{(note.Length > 0 ? $"<p>{Escape(note)}</p>" : "")}<div class=\"{style}\">");
        foreach (Figure figure in figures)
        {
            page.Append(
                $"<figure class=\"panel\"><h3>{Escape(figure.Title)}</h3>{figure.Svg}"
                + $"{(figure.Caption.Length > 0 ? $"<figcaption>{Escape(figure.Caption)}</figcaption>" : "")}</figure>");
        }

        page.Append("</div></section>\n");
    }

    private static void AppendPictures(StringBuilder page, PictureGrid? pictures)
    {
        if (pictures is null)
        {
            return;
        }

        page.Append(
            "<section><h2>Figure 5: what the variants see</h2><p>Test images evenly spread over the set, not picked, after the last "
            + "iteration of the first seed. Black pixels of the truth belong to no class and do not count.</p>");
        HtmlPage.AppendClasses(page, pictures.Classes);
        page.Append("<div class=\"panel\">");
        foreach (IReadOnlyList<string> row in pictures.Rows)
        {
            page.Append(Format($"<div class=\"pictures\" style=\"--columns:{row.Count}\">"));
            foreach ((string column, string picture) in pictures.Columns.Zip(row))
            {
                page.Append($"<figure><img alt=\"{Escape(column)}\" src=\"{picture}\"/><figcaption>{Escape(column)}</figcaption></figure>");
            }

            page.Append("</div>");
        }

        page.Append("</div></section>\n");
    }
}

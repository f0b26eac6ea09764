using System.Text;
using Experiments.Results;

namespace Experiments.Reports;

/// <summary>The report as Markdown, its charts in files beside it; it holds no picture of the data.</summary>
internal static class MarkdownReport
{
    public static string Create(ReportData data)
    {
        StringBuilder page = new();
        page.Append($"# {data.First.Title}\n\n{ReportText.Lead(data)}\n\n");
        page.Append(data.First.Note is { } note ? $"{note}\n\n" : "");
        page.Append(ReportText.Missing(data) is { } missing ? $"{missing}\n\n" : "");
        page.Append($"{ReportText.Score}\n");
        foreach (ReportTable table in ReportTable.CreateAll(data))
        {
            page.Append($"\n## {table.Title}\n\n");
            page.Append(table.Note.Length > 0 ? $"{table.Note}\n\n" : "");
            AppendTable(page, table);
        }

        page.Append(ReportTable.HasDetails(data) ? "" : $"\n{ReportText.NoDetails}\n");
        IReadOnlyList<Expectation> expectations = Expectation.CheckAll(data);
        if (expectations.Count > 0)
        {
            page.Append(
                $"\n## What the paper leads one to expect\n\n{ReportText.Expectations}\n\n| expected | | numbers |\n|---|---|---|\n");
            foreach (Expectation expectation in expectations)
            {
                page.Append(
                    $"| {Escape(expectation.Text)} | {(expectation.IsMet ? "met" : "**not met**")} | {Escape(expectation.Evidence)} |\n");
            }
        }

        if (data.Findings.Count > 0)
        {
            page.Append($"\n## Findings\n\n{ReportText.Findings}\n");
            foreach (Finding finding in data.Findings)
            {
                page.Append($"\n### {finding.Title}\n\n{finding.Text}\n");
            }
        }

        AppendFigures(page, "Partitions and sweeps", "", [.. Figures.Partition(data), .. Figures.Sweeps(data)]);
        AppendFigures(page, "Learning curves of the target score", "", Figures.Curves(data));
        AppendFigures(page, "Single images", "", Figures.Images(data));
        AppendFigures(page, "Reliability diagrams", ReportText.Reliability, Figures.Reliability(data));
        AppendFigures(page, "Confusion matrices", ReportText.Confusion, Figures.Confusions(data));
        if (WrongData.Find(data) is not null)
        {
            page.Append(
                "\n[What goes wrong](what-goes-wrong.md): which classes are taken for which, and the worst images of the best row.\n");
        }

        page.Append("\n## How it was made\n\n| | |\n|---|---|\n");
        foreach ((string name, string value) in ReportText.Facts(data))
        {
            page.Append($"| {name} | {Escape(value)} |\n");
        }

        return page.ToString();
    }

    private static void AppendTable(StringBuilder page, ReportTable table)
    {
        page.Append(
            $"| {string.Join(" | ", table.Headers.Select(Escape))} "
            + $"|\n|---|{string.Concat(Enumerable.Repeat("---:|", table.Headers.Count - 1))}\n");
        foreach ((string name, IReadOnlyList<TableCell> cells, bool isBound) in table.Rows)
        {
            string title = isBound ? $"*{Escape(name)}*" : Escape(name);
            page.Append($"| {title} | {string.Join(" | ", cells.Select(Cell))} |\n");
        }
    }

    private static string Cell(TableCell cell)
    {
        string text = cell.Deviation is null ? cell.Text : $"{cell.Text} ± {cell.Deviation}";
        return cell.IsBest ? $"**{text}**" : text;
    }

    private static void AppendFigures(StringBuilder page, string title, string note, IReadOnlyList<Figure> figures)
    {
        if (figures.Count == 0)
        {
            return;
        }

        page.Append($"\n## {title}\n\n");
        page.Append(note.Length > 0 ? $"{note}\n\n" : "");
        foreach (Figure figure in figures)
        {
            page.Append($"### {figure.Title}\n\n![{Escape(figure.Title)}](figures/{figure.File}.svg)\n\n");
            page.Append(figure.Caption.Length > 0 ? $"{figure.Caption}\n\n" : "");
        }

        page.Length--;
    }

    private static string Escape(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}

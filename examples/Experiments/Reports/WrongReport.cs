using System.Text;
using Experiments.Results;
using static Road.MLNet.Reports.HtmlText;

namespace Experiments.Reports;

/// <summary>What goes wrong, as a page of its own: Markdown without photographs, HTML with them where the data is at hand.</summary>
internal static class WrongReport
{
    public const string Title = "What goes wrong";

    private const string Pixels =
        "Over the whole test set and all seeds, after the last iteration: the share of all labelled pixels, the share of the true class's "
        + "own pixels, and what the first is without adaptation.";

    /// <summary>The page as Markdown.</summary>
    /// <param name="data">The results.</param>
    /// <param name="wrong">What goes wrong.</param>
    /// <param name="pictures">Pictures of it, of which only those drawn from masks are shown; null for none.</param>
    public static string Markdown(ReportData data, WrongData wrong, WrongPictures? pictures)
    {
        StringBuilder page = new();
        page.Append($"# {Title}: {data.First.Title}\n\n{Lead(wrong)} [The report](report.md) has all numbers.\n");
        page.Append($"\n## What is taken for what\n\n{Pixels}\n");
        page.Append("\n| truth | taken for | of all pixels, % | of the class, % | without adaptation, % |\n|---|---|---:|---:|---:|\n");
        foreach ((string truth, string predicted, double share, double ofClass, double? before) in wrong.Confusions)
        {
            page.Append(
                $"| {truth} | {predicted} | {Percent(share)} | {Percent(ofClass)} | {(before is { } old ? Percent(old) : "–")} |\n");
        }

        page.Append($"\n## The worst images\n\n{Images(wrong)}\n");
        page.Append("\n| image | mIoU | other seeds | taken for something else, % of the image |\n|---|---:|---:|---|\n");
        foreach (WorstFrame frame in wrong.Frames)
        {
            page.Append($"| {frame.Image.Name} | {Percent(frame.Image.MeanIoU)} | {Others(frame)} | {Confusions(frame)} |\n");
        }

        if (pictures is not null)
        {
            page.Append("\nTruth, prediction, and the wrong pixels in red; black pixels belong to no class and do not count.\n");
            foreach (WorstFrame frame in wrong.Frames.Where(frame => pictures.Files.ContainsKey(frame.Image.Name)))
            {
                page.Append(
                    $"\n**{frame.Image.Name}**, {Percent(frame.Image.MeanIoU)}\n\n![{frame.Image.Name}](figures/{frame.File}.png)\n");
            }
        }

        return page.ToString();
    }

    /// <summary>The page as HTML.</summary>
    /// <param name="data">The results.</param>
    /// <param name="wrong">What goes wrong.</param>
    /// <param name="pictures">Pictures of it; null for none.</param>
    public static string Html(ReportData data, WrongData wrong, WrongPictures? pictures)
    {
        StringBuilder page = new();
        page.Append(
            $"<header><h1>{Title}: {Escape(data.First.Title)}</h1><p class=\"lead\">{Escape(Lead(wrong))} "
            + "<a href=\"report.html\">The report</a> has all numbers.</p></header>\n");
        page.Append(
            $"<section><h2>What is taken for what</h2><p>{Escape(Pixels)}</p><div class=\"panel scroll\" tabindex=\"0\">"
            + "<table class=\"numbers words\"><thead><tr><th scope=\"col\">truth</th><th scope=\"col\">taken for</th>"
            + "<th scope=\"col\">of all pixels, %</th><th scope=\"col\">of the class, %</th><th scope=\"col\">without adaptation, %</th>"
            + "</tr></thead><tbody>");
        foreach ((string truth, string predicted, double share, double ofClass, double? before) in wrong.Confusions)
        {
            page.Append(
                $"<tr><th scope=\"row\">{Escape(truth)}</th><td>{Escape(predicted)}</td><td>{Percent(share)}</td>"
                + $"<td>{Percent(ofClass)}</td><td>{(before is { } old ? Percent(old) : "–")}</td></tr>");
        }

        page.Append($"</tbody></table></div></section>\n<section><h2>The worst images</h2><p>{Escape(Images(wrong))}</p>");
        if (pictures is not null)
        {
            page.Append("<p>Wrong pixels are red; black pixels belong to no class and do not count.</p>");
            HtmlPage.AppendClasses(page, pictures.Classes);
        }

        page.Append("<div class=\"panel\">");
        foreach ((int index, WorstFrame frame) in wrong.Frames.Index())
        {
            AppendFrame(page, index + 1, frame, pictures?.Frames.GetValueOrDefault(frame.Image.Name));
        }

        page.Append("</div></section>\n");
        return HtmlPage.Create($"{Title}: {data.First.Title}", ReportStyle.Css, page.ToString());
    }

    private static void AppendFrame(StringBuilder page, int place, WorstFrame frame, IReadOnlyList<string>? pictures)
    {
        page.Append(
            Format(
                $"<article class=\"frame\"><h3>{place}. {Escape(frame.Image.Name)}<span>mIoU {Percent(frame.Image.MeanIoU)}</span></h3>",
                $"<p class=\"note\">Other seeds: {Escape(Others(frame))}. {Escape(Confusions(frame))}.</p>"));
        if (pictures is not null)
        {
            page.Append(Format($"<div class=\"pictures\" style=\"--columns:{pictures.Count}\">"));
            foreach ((string column, string picture) in WrongPictures.Columns.Zip(pictures))
            {
                page.Append($"<figure><img alt=\"{Escape(column)}\" src=\"{picture}\"/><figcaption>{Escape(column)}</figcaption></figure>");
            }

            page.Append("</div>");
        }

        page.Append("</article>");
    }

    private static string Lead(WrongData wrong) =>
        $"Of the best row, {wrong.Row.Title} ({wrong.Row.Last}): which classes are taken for which, and the images that it does worst on.";

    private static string Images(WrongData wrong) =>
        Format(
            $"The {wrong.Frames.Count} images of the lowest mIoU with seed {wrong.Run.Seed}, of the classes that occur in an image or its ",
            $"prediction; beside it what the other seeds reach on the same image, and what is taken for what in it.");

    private static string Others(WorstFrame frame) =>
        frame.OtherSeeds.Count == 0 ? "–" : string.Join(", ", frame.OtherSeeds.Select(Percent));

    private static string Confusions(WorstFrame frame) => frame.Image.Confusions.Count == 0
        ? "nothing"
        : string.Join(", ", frame.Image.Confusions.Select(static (ImageConfusion entry) =>
            $"{entry.Truth} as {entry.Predicted} {Percent(entry.Share)}"));

    private static string Percent(double share) => Format($"{100 * share:0.0}");
}

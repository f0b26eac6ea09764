using System.Text;
using Road.MLNet.Reports;
using static Road.MLNet.Reports.HtmlText;

namespace Road.MLNet.Watching;

/// <summary>The page of a training: how it stands first, then curves, scores, pictures, and how it was made.</summary>
internal static class ReportPage
{
    private const int RefreshSeconds = 20;

    public static string Create(ReportContent content)
    {
        StringBuilder page = new();
        AppendHead(page, content);
        AppendWarnings(page, content);
        CurveSection.Append(page, content.History);
        ClassSection.Append(page, content.History, content.Start);
        AppendPictures(page, content);
        AppendCharts(page, content.History);
        SettingSection.Append(page, content);

        // A page that is watched looks for what is new by itself; the last one stays.
        string head = ReportPictures.Mark(content.History.Id)
            + (content.End is null ? Format($"<meta http-equiv=\"refresh\" content=\"{RefreshSeconds}\"/>") : "");
        return HtmlPage.Create(content.Title, ReportStyle.Css, page.ToString(), head);
    }

    /// <summary>A duration as people say it.</summary>
    public static string Time(TimeSpan time) => time.TotalDays >= 1
        ? Format($"{(int)time.TotalDays} d {time.Hours} h")
        : time.TotalHours >= 1 ? Format($"{time.Hours} h {time.Minutes:00} min")
        : time.TotalMinutes >= 1 ? Format($"{time.Minutes} min {time.Seconds:00} s") : Format($"{time.TotalSeconds:0} s");

    private static void AppendHead(StringBuilder page, ReportContent content)
    {
        (string style, string state, string lead) = Describe(content);
        page.Append(
            $"<header><p class=\"state {style}\">{state}</p><h1>{Escape(content.Title)}</h1><p class=\"lead\">{Escape(lead)}</p>");
        double share = (double)content.Iteration / content.Start.Iterations;
        page.Append(
            Format(
                $"<div class=\"progress\" role=\"progressbar\" aria-label=\"progress\" aria-valuemin=\"0\" aria-valuemax=\"100\" ",
                $"aria-valuenow=\"{100 * share:0}\"><i class=\"{style}\" style=\"width:{100 * share:0.##}%\"></i></div>"));
        page.Append("<div class=\"scores\">");
        Score(page, Format($"{content.Iteration}"), Format($"of {content.Start.Iterations} iterations"));
        if (content.History is { Scores: [.., var last], Best: { } best })
        {
            Score(page, Format($"{100 * last.MeanIoU:0.0}"), Format($"mean IoU in % at iteration {last.Iteration}"), "road");
            Score(page, Format($"{100 * best.MeanIoU:0.0}"), Format($"the best, at iteration {best.Iteration}"), "best");
        }
        else if (content.History.Points is [.., { Losses.Count: > 0 } point])
        {
            KeyValuePair<string, double> loss = point.Losses.First();
            Score(page, Format($"{loss.Value:0.000}"), $"{Escape(loss.Key)}, the last", "road");
        }

        if (content.End is { } end)
        {
            Score(page, Time(end.Elapsed), "of training, without evaluations");
        }
        else if (content.Progress is { } progress)
        {
            Score(page, Time(progress.Remaining), "left at the pace so far");
            Score(page, Format($"{progress.ImagesPerSecond:0.0}"), "images a second");
        }

        page.Append("</div></header>\n");
    }

    private static (string Style, string State, string Lead) Describe(ReportContent content)
    {
        string written = Format($"{DateTime.Now:yyyy-MM-dd HH:mm:ss}");
        return content.End switch
        {
            null => (
                "running", "running", $"As it was at {written}; the page is rewritten at each evaluation, and reloads by itself."),
            { Error: OperationCanceledException } end =>
                ("stopped", "cancelled", Format($"Cancelled at {written}, after iteration {end.Iteration}.")),
            { Error: { } error } end =>
                ("failed", "failed", Format($"Failed at {written}, after iteration {end.Iteration}: {error.Message}")),
            { StopReason: { } reason } end =>
                ("done", "ended early", Format($"Ended early at {written}, after iteration {end.Iteration}: {reason}.")),
            _ => ("done", "done", $"Came to its end at {written}."),
        };
    }

    private static void AppendWarnings(StringBuilder page, ReportContent content)
    {
        string[] lines =
        [
            .. content.History.Resumptions > 0
                ? [Format(
                    $"Went on from a checkpoint, {content.History.Resumptions} in all, the last after iteration ",
                    $"{content.Start.Iteration}.")]
                : (string[])[],
            .. content.History.Warnings,
        ];
        if (lines.Length > 0)
        {
            page.Append("<section class=\"warnings\"><h2>To know</h2><ul class=\"panel\">");
            page.Append(string.Concat(lines.Select(static line => $"<li>{Escape(line)}</li>")));
            page.Append("</ul></section>\n");
        }
    }

    private static void AppendPictures(StringBuilder page, ReportContent content)
    {
        int[] evaluations = [.. content.Pictures.Evaluations];
        if (evaluations.Length == 0)
        {
            return;
        }

        page.Append("<section><h2>What the network sees</h2><p>The same images on the way, the last evaluation beside each image.</p>");
        HtmlPage.AppendSwatches(page, content.History.ClassNames.Zip(content.History.ClassColors));
        foreach ((int image, string photo) in content.Pictures.Photos.Index())
        {
            page.Append("<div class=\"panel film\" tabindex=\"0\">");
            Figure(page, 0, image, "image", photo);
            foreach (int iteration in evaluations.Reverse())
            {
                Figure(page, iteration, image, Format($"iteration {iteration}"), content.Pictures[iteration][image]);
            }

            page.Append("</div>");
        }

        page.Append("</section>\n");
    }

    private static void Figure(StringBuilder page, int iteration, int image, string words, string source) => page.Append(
        $"<figure>{ReportPictures.Element(iteration, image, Format($"image {image + 1}, {words}"), source)}"
        + $"<figcaption>{words}</figcaption></figure>");

    private static void AppendCharts(StringBuilder page, ReportHistory history)
    {
        if (history.Details is not { } details || history.ClassNames.Count == 0)
        {
            return;
        }

        page.Append("<section><h2>Where it errs, and whether it knows</h2><div class=\"charts\">");
        page.Append(
            $"<figure class=\"panel\"><h3>Confusions</h3>{ConfusionChart.Draw("confusion matrix", history.ClassNames, details.Confusion)}"
            + "<figcaption>Each row is a true class, in % of its pixels.</figcaption></figure>");
        if (details.Bins.Any(static bin => bin.Pixels > 0))
        {
            string chart = ReliabilityChart.Draw(
                "reliability diagram", [.. details.Bins.Select(static bin => (bin.Pixels, bin.Accuracy, bin.Confidence))]);
            page.Append($"<figure class=\"panel\"><h3>Calibration</h3>{chart}<figcaption>");
            page.Append(Format(
                $"On the dashed line the network is right as often as it is sure; red is what it lacks of that, or has beyond. The mean ",
                $"distance, the expected calibration error, is {100 * history.Scores[^1].CalibrationError:0.0} %.</figcaption></figure>"));
        }

        page.Append("</div></section>\n");
    }

    private static void Score(StringBuilder page, string value, string text, string style = "") =>
        page.Append($"<div class=\"score {style}\"><b>{value}</b><span>{text}</span></div>");
}

using System.Text;
using Microsoft.ML.Data;
using QuickStart.Scenes;
using QuickStart.Training;
using Road.MLNet;
using static Road.MLNet.Reports.HtmlText;

namespace QuickStart.Report;

/// <summary>The page's pictures: held-out scenes with both models' masks, and a look at the two domains.</summary>
internal static class SceneSection
{
    private const int DomainPictures = 3;

    public static void Append(StringBuilder page, ReportData data)
    {
        page.Append("<section><h2>Held-out camera scenes</h2>");
        page.Append(Format(
            $"<p>The first {data.None.Masks.Count} of {RunSettings.TestScenes}, not picked. Below each mask, the share of labelled ",
            $"pixels that are right; black pixels of the truth belong to no class and do not count.</p>"));
        AppendLegend(page);
        page.Append("<div class=\"panel\">");
        string[] images = Files(data.Folders.TestImages, data.None.Masks.Count);
        for (int i = 0; i < images.Length; i++)
        {
            string truth = Path.Combine(data.Folders.TestLabels, Path.GetFileName(images[i]));
            page.Append("<div class=\"pictures\" style=\"--columns:4\">");
            Photo(page, images[i], "camera scene");
            Mask(page, ScenePictures.Truth(truth), "truth");
            Prediction(page, data.None.Masks[i], "without adaptation");
            Prediction(page, data.Road.Masks[i], "with ROAD");
            page.Append("</div>");
        }

        page.Append("</div></section>\n");
        AppendDomains(page, data.Folders);
    }

    private static void AppendLegend(StringBuilder page)
    {
        LabelEncoding classes = SceneClasses.Encoding;
        HtmlPage.AppendClasses(page, [.. classes.ClassNames.Zip(classes.ClassColors), ("no class", default)]);
    }

    private static void AppendDomains(StringBuilder page, SceneFolders folders)
    {
        page.Append("<section><h2>The two domains</h2><div class=\"halves\">");
        page.Append(Format($"<div class=\"panel\"><h3>Simulator: {RunSettings.TrainingScenes} scenes with labels</h3>"));
        page.Append("<p class=\"note\">Flat colours, clean edges, one kind of street.</p>");
        page.Append("<div class=\"pictures\" style=\"--columns:3\">");
        foreach (string file in Files(folders.SourceImages, DomainPictures))
        {
            Photo(page, file, null);
        }

        foreach (string file in Files(folders.SourceLabels, DomainPictures))
        {
            Mask(page, ScenePictures.Truth(file), null);
        }

        page.Append(Format(
            $"</div></div><div class=\"panel\"><h3>Camera: {RunSettings.TrainingScenes} scenes without labels</h3>"));
        page.Append("<p class=\"note\">Weather, texture, shadows, haze, noise, other streets and viewpoints.</p>");
        page.Append("<div class=\"pictures\" style=\"--columns:3\">");
        foreach (string file in Files(folders.TargetImages, 2 * DomainPictures))
        {
            Photo(page, file, null);
        }

        page.Append("</div></div></div></section>\n");
    }

    private static void Photo(StringBuilder page, string file, string? caption)
    {
        using MLImage photo = ScenePictures.Photo(file);
        Figure(page, PagePicture.Photo(photo), "", caption);
    }

    private static void Prediction(StringBuilder page, ShownMask mask, string name) =>
        Mask(page, ScenePictures.Prediction(mask), Format($"{name}, <b>{100 * mask.Accuracy:0} % right</b>"));

    private static void Mask(StringBuilder page, MLImage mask, string? caption)
    {
        using (mask)
        {
            Figure(page, PagePicture.Mask(mask), "mask", caption);
        }
    }

    private static void Figure(StringBuilder page, string data, string style, string? caption)
    {
        string text = caption is null ? "" : $"<figcaption>{caption}</figcaption>";
        page.Append(Format(
            $"<figure><img class=\"{style}\" width=\"{SceneFolders.Width}\" height=\"{SceneFolders.Height}\" alt=\"\" ",
            $"src=\"{data}\"/>{text}</figure>"));
    }

    private static string[] Files(string folder, int count) =>
        [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal).Take(count)];
}

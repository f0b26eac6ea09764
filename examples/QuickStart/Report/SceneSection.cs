using System.Globalization;
using System.Text;
using QuickStart.Scenes;
using QuickStart.Training;
using Road.MLNet;

namespace QuickStart.Report;

/// <summary>The page's pictures: held-out scenes with both models' masks, and a look at the two domains.</summary>
internal static class SceneSection
{
    private const int DomainPictures = 3;

    public static void Append(StringBuilder page, ReportData data)
    {
        page.Append("<section><h2>Held-out camera scenes</h2>");
        page.Append(string.Create(
            CultureInfo.InvariantCulture,
            $"<p>The first {data.None.Masks.Count} of {RunSettings.TestScenes}, not picked. Below each mask, the share of labelled "
            + $"pixels that are right; black pixels of the truth belong to no class and do not count.</p>"));
        AppendLegend(page);
        page.Append("<div class=\"panel\">");
        string[] images = Files(data.Folders.TestImages, data.None.Masks.Count);
        for (int i = 0; i < images.Length; i++)
        {
            string truth = Path.Combine(data.Folders.TestLabels, Path.GetFileName(images[i]));
            page.Append("<div class=\"scene\">");
            Figure(page, PictureData.Photo(images[i]), "", "camera scene");
            Figure(page, PictureData.Labels(truth), "mask", "truth");
            Mask(page, data.None.Masks[i], "without adaptation");
            Mask(page, data.Road.Masks[i], "with ROAD");
            page.Append("</div>");
        }

        page.Append("</div></section>\n");
        AppendDomains(page, data.Folders);
    }

    private static void AppendLegend(StringBuilder page)
    {
        LabelEncoding classes = SceneClasses.Encoding;
        page.Append("<ul class=\"legend\">");
        for (int i = 0; i < classes.ClassNames.Count; i++)
        {
            RgbColor color = classes.ClassColors[i];
            page.Append(
                CultureInfo.InvariantCulture,
                $"<li><i style=\"background:rgb({color.Red},{color.Green},{color.Blue})\"></i>{classes.ClassNames[i]}</li>");
        }

        page.Append("<li><i style=\"background:#000\"></i>no class</li></ul>");
    }

    private static void AppendDomains(StringBuilder page, SceneFolders folders)
    {
        page.Append("<section><h2>The two domains</h2><div class=\"domains\">");
        page.Append(
            CultureInfo.InvariantCulture, $"<div class=\"panel\"><h3>Simulator: {RunSettings.TrainingScenes} scenes with labels</h3>");
        page.Append("<p class=\"note\">Flat colours, clean edges, one kind of street.</p><div class=\"row\">");
        foreach (string file in Files(folders.SourceImages, DomainPictures))
        {
            Figure(page, PictureData.Photo(file), "", null);
        }

        foreach (string file in Files(folders.SourceLabels, DomainPictures))
        {
            Figure(page, PictureData.Labels(file), "mask", null);
        }

        page.Append(
            CultureInfo.InvariantCulture,
            $"</div></div><div class=\"panel\"><h3>Camera: {RunSettings.TrainingScenes} scenes without labels</h3>");
        page.Append("<p class=\"note\">Weather, texture, shadows, haze, noise, other streets and viewpoints.</p><div class=\"row\">");
        foreach (string file in Files(folders.TargetImages, 2 * DomainPictures))
        {
            Figure(page, PictureData.Photo(file), "", null);
        }

        page.Append("</div></div></div></section>\n");
    }

    private static void Mask(StringBuilder page, MaskPicture mask, string name) => Figure(
        page, PictureData.Png(mask.Png), "mask", string.Create(
            CultureInfo.InvariantCulture, $"{name}, <b>{100 * mask.Accuracy:0} % right</b>"));

    private static void Figure(StringBuilder page, string data, string style, string? caption)
    {
        string text = caption is null ? "" : $"<figcaption>{caption}</figcaption>";
        page.Append(
            CultureInfo.InvariantCulture,
            $"<figure><img class=\"{style}\" width=\"{SceneFolders.Width}\" height=\"{SceneFolders.Height}\" alt=\"\" "
            + $"src=\"{data}\">{text}</figure>");
    }

    private static string[] Files(string folder, int count) =>
        [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal).Take(count)];
}

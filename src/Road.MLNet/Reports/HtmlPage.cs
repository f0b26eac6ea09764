using System.Text;

namespace Road.MLNet.Reports;

/// <summary>A page that stands alone: its pictures, charts and style are inside. It is well-formed XML where its content is.</summary>
internal static class HtmlPage
{
    /// <summary>Makes a page.</summary>
    /// <param name="title">Its title, as plain text.</param>
    /// <param name="style">Rules of its own, beside those that all pages have; they may be empty.</param>
    /// <param name="content">Its content, as HTML.</param>
    /// <param name="head">More of its head, as HTML; it may be empty.</param>
    public static string Create(string title, string style, string content, string head = "") =>
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/><meta name=\"viewport\" content=\"width=device-width, "
        + $"initial-scale=1\"/>{head}<title>{HtmlText.Escape(title)}</title><style>\n{ChartStyle.Variables}\n{ChartStyle.Rules}\n"
        + $"{PageStyle.Css}\n{style}\n</style></head>\n<body><main>\n{content}</main></body></html>\n";

    /// <summary>Adds the names of classes beside their colours.</summary>
    public static void AppendClasses(StringBuilder page, IEnumerable<(string Name, RgbColor Color)> classes) => AppendSwatches(
        page, classes.Select(static entry => (entry.Name, $"rgb({entry.Color.Red},{entry.Color.Green},{entry.Color.Blue})")));

    /// <summary>Adds names beside their colours, which are as style sheets write them.</summary>
    public static void AppendSwatches(StringBuilder page, IEnumerable<(string Name, string Color)> entries)
    {
        page.Append("<ul class=\"classes\">");
        foreach ((string name, string color) in entries)
        {
            page.Append($"<li><i style=\"background:{color}\"></i>{HtmlText.Escape(name)}</li>");
        }

        page.Append("</ul>");
    }

    /// <summary>Adds facts by name, as a table.</summary>
    public static void AppendFacts(StringBuilder page, IEnumerable<(string Name, string Value)> facts)
    {
        page.Append("<table class=\"facts\"><tbody>");
        foreach ((string name, string value) in facts)
        {
            page.Append($"<tr><th scope=\"row\">{HtmlText.Escape(name)}</th><td>{HtmlText.Escape(value)}</td></tr>");
        }

        page.Append("</tbody></table>");
    }
}

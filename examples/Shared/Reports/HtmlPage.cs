using System.Text;
using Road.MLNet;

namespace Road.Examples.Reports;

/// <summary>A page that stands alone: its pictures, charts and style are inside. It is well-formed XML where its content is.</summary>
internal static class HtmlPage
{
    /// <summary>Makes a page.</summary>
    /// <param name="title">Its title, as plain text.</param>
    /// <param name="style">Rules of its own, beside those that all pages have; they may be empty.</param>
    /// <param name="content">Its content, as HTML.</param>
    public static string Create(string title, string style, string content) =>
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/><meta name=\"viewport\" content=\"width=device-width, "
        + $"initial-scale=1\"/><title>{HtmlText.Escape(title)}</title><style>\n{ChartStyle.Variables}\n{ChartStyle.Rules}\n"
        + $"{PageStyle.Css}\n{style}\n</style></head>\n<body><main>\n{content}</main></body></html>\n";

    /// <summary>Adds the names of classes beside their colours.</summary>
    public static void AppendClasses(StringBuilder page, IEnumerable<(string Name, RgbColor Color)> classes)
    {
        page.Append("<ul class=\"classes\">");
        foreach ((string name, RgbColor color) in classes)
        {
            page.Append(HtmlText.Format(
                $"<li><i style=\"background:rgb({color.Red},{color.Green},{color.Blue})\"></i>{HtmlText.Escape(name)}</li>"));
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

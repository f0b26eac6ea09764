using System.Globalization;
using System.Net;

namespace Road.MLNet.Reports;

/// <summary>Text in pages and charts.</summary>
internal static class HtmlText
{
    /// <summary>A text as the content of an element or of an attribute, in HTML and in XML.</summary>
    public static string Escape(string text) => WebUtility.HtmlEncode(text);

    /// <summary>Texts one after the other, whose numbers are written one way whatever the culture.</summary>
    public static string Format(params FormattableString[] text) =>
        string.Concat(text.Select(static part => part.ToString(CultureInfo.InvariantCulture)));
}

using System.Globalization;

namespace Road.MLNet.Reports;

/// <summary>The look of charts, in a page and in files of their own.</summary>
internal static class ChartStyle
{
    private const string LightColors =
        "--ink:#1b2530;--soft:#556270;--line:#dfe5ea;--axis:#8896a3;--panel:#ffffff;--heat:#0b63b8;--miss:#b3421f;--on:#ffffff;";
    private const string DarkColors =
        "--ink:#e7edf3;--soft:#a5b2bf;--line:#2c3742;--axis:#7a8794;--panel:#161d24;--heat:#4aa3f0;--miss:#ef8a62;--on:#0b1218;";

    // Apart in lightness too, for those who do not see all colours, and for paper.
    private static readonly string[] Light =
    [
        "#6b7280", "#0b63b8", "#b3661f", "#177a4b", "#8a3ea8", "#a88a00", "#c22f4f", "#0e8f9c", "#6a4c2f", "#111827",
    ];
    private static readonly string[] Dark =
    [
        "#9aa5b1", "#58a9f5", "#f0a050", "#4cc38a", "#c58af0", "#e0c63c", "#ff7d93", "#45cfdc", "#c9a27e", "#f3f6f9",
    ];

    /// <summary>Variables of the colours, light and dark.</summary>
    public static string Variables { get; } =
        $":root{{{LightColors}{Numbered(Light)}}}@media screen and (prefers-color-scheme:dark){{:root{{{DarkColors}{Numbered(Dark)}}}}}";

    /// <summary>The rules of charts.</summary>
    public static string Rules { get; } =
        """
        svg text{font:13px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;fill:var(--soft)}
        svg text.label{fill:var(--ink)}svg .grid{stroke:var(--line)}svg .axis{stroke:var(--axis)}
        svg .reference{stroke:var(--soft);stroke-width:1.6;stroke-dasharray:6 4}svg .reference.r1{stroke-dasharray:2 4}
        svg .line{fill:none;stroke-width:2.2;stroke-linejoin:round;stroke-linecap:round}svg .whisker{fill:none;stroke-width:1.8}
        svg .band{fill-opacity:.13}svg .seed{fill-opacity:.55}
        svg .ground{fill:var(--panel)}
        svg .heat{fill:var(--miss)}svg .heat.right{fill:var(--heat)}svg text.on{fill:var(--on)}svg text.off{fill:var(--ink)}
        """ + "\n" + string.Concat(Enumerable.Range(0, Light.Length).Select(static i =>
            string.Create(CultureInfo.InvariantCulture, $"svg .c{i}{{stroke:var(--c{i})}}svg .f{i}{{fill:var(--c{i})}}")));

    /// <summary>A chart as a file: with its style, and its own ground to stand on.</summary>
    public static string Standalone(string svg)
    {
        int end = svg.IndexOf('>', StringComparison.Ordinal) + 1;
        return $"{svg[..end]}<style>{Variables}{Rules}</style><rect width=\"100%\" height=\"100%\" "
            + $"style=\"fill:var(--panel)\"/>{svg[end..]}\n";
    }

    private static string Numbered(string[] colors) =>
        string.Concat(colors.Select(static (color, i) => string.Create(CultureInfo.InvariantCulture, $"--c{i}:{color};")));
}

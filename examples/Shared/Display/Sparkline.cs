namespace Road.Examples.Display;

/// <summary>A curve in a line of text, from the lowest of its values to the highest.</summary>
internal static class Sparkline
{
    private const string Blocks = "▁▂▃▄▅▆▇█";
    private const string Ascii = "_.-=+*#@";

    /// <summary>Draws values, the means of as many in a row as there are too many.</summary>
    /// <param name="values">The values; what is not finite counts as the lowest.</param>
    /// <param name="width">The most letters, 1 or more.</param>
    /// <param name="unicode">Whether the console has blocks.</param>
    public static string Draw(IReadOnlyList<double> values, int width, bool unicode)
    {
        int count = Math.Min(width, values.Count);
        double[] means =
        [
            .. Enumerable.Range(0, count).Select(place =>
            {
                int start = (int)((long)place * values.Count / count);
                int end = (int)((place + 1L) * values.Count / count);
                return values.Skip(start).Take(end - start).Average();
            }),
        ];
        double[] finite = [.. means.Where(double.IsFinite)];
        double low = finite.DefaultIfEmpty(0).Min();
        double range = finite.DefaultIfEmpty(0).Max() - low;
        string letters = unicode ? Blocks : Ascii;
        return string.Concat(means.Select(value => letters[
            double.IsFinite(value) && range > 0 ? (int)Math.Round((value - low) / range * (letters.Length - 1)) : 0]));
    }
}

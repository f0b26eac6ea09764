namespace Road.Files;

/// <summary>Finds the name that somebody meant who wrote another.</summary>
internal static class NearestName
{
    /// <summary>
    /// Ends a sentence with the question after a known name that is nearly the one written, such as <c>; did you mean 'color'?</c>, or
    /// with a full stop where none is.
    /// </summary>
    public static string Ask(string written, IEnumerable<string> known) =>
        Find(written, known) is { } name ? $"; did you mean '{name}'?" : ".";

    /// <summary>The nearest of some names; null where none is near: a third of its letters may differ, and their case.</summary>
    public static string? Find(string written, IEnumerable<string> known) => known
        .Select(name => (Name: name, Distance: Distance(written.ToUpperInvariant(), name.ToUpperInvariant())))
        .Where(static pair => pair.Distance <= Math.Max(1, pair.Name.Length / 3))
        .OrderBy(static pair => pair.Distance)
        .Select(static pair => pair.Name)
        .FirstOrDefault();

    /// <summary>
    /// How many letters are to be put in, taken out, replaced, or exchanged with their neighbour, to make one text the other.
    /// </summary>
    private static int Distance(string first, string second)
    {
        int[] beforeLast = [];
        int[] last = [.. Enumerable.Range(0, second.Length + 1)];
        for (int i = 1; i <= first.Length; i++)
        {
            int[] row = new int[second.Length + 1];
            row[0] = i;
            for (int j = 1; j <= second.Length; j++)
            {
                row[j] = Math.Min(Math.Min(row[j - 1], last[j]) + 1, last[j - 1] + (first[i - 1] == second[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && first[i - 1] == second[j - 2] && first[i - 2] == second[j - 1])
                {
                    row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
                }
            }

            (beforeLast, last) = (last, row);
        }

        return last[second.Length];
    }
}

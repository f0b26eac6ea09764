using System.Globalization;
using System.Text;

namespace Road.MLNet;

/// <summary>A confusion matrix as text.</summary>
internal static class ConfusionTable
{
    private const string Corner = "truth \\ prediction";
    private const string Missing = "-";

    /// <summary>Writes shares of each row, with recall and IoU behind them; classes that occur nowhere are left out.</summary>
    public static string Format(
        IReadOnlyList<string> names, IReadOnlyList<IReadOnlyList<long>> counts, IReadOnlyList<double> intersectionOverUnion)
    {
        int[] shown = [.. Enumerable.Range(0, names.Count)
            .Where(index => counts[index].Any(static count => count > 0) || counts.Any(row => row[index] > 0))];
        List<string[]> lines = [[Corner, .. shown.Select(index => names[index]), "recall", "IoU"]];
        foreach (int truth in shown)
        {
            long all = counts[truth].Sum();
            lines.Add(
            [
                names[truth],
                .. shown.Select(predicted => Percent(counts[truth][predicted], all)),
                Percent(counts[truth][truth], all),
                (100 * intersectionOverUnion[truth]).ToString("F1", CultureInfo.InvariantCulture),
            ]);
        }

        int[] widths = [.. Enumerable.Range(0, lines[0].Length).Select(column => lines.Max(line => line[column].Length))];
        StringBuilder text = new();
        foreach (string[] line in lines)
        {
            text.Append(line[0].PadRight(widths[0]));
            for (int column = 1; column < line.Length; column++)
            {
                text.Append("  ").Append(line[column].PadLeft(widths[column]));
            }

            text.AppendLine();
        }

        return text.ToString();
    }

    /// <summary>A share in per cent; a class that no true pixel has, has none.</summary>
    private static string Percent(long count, long all) =>
        all == 0 ? Missing : (100.0 * count / all).ToString("F1", CultureInfo.InvariantCulture);
}

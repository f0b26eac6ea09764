using System.Globalization;
using System.Text.RegularExpressions;
using Road.MLNet.Reports;

namespace Road.MLNet.Watching;

/// <summary>
/// The pictures of a report by evaluation, of the images themselves at evaluation 0. A checkpoint would be many times as large with them:
/// a training that goes on takes them from the page that it wrote.
/// </summary>
internal sealed partial class ReportPictures
{
    // The first, the last, and those between that are spread best.
    private const int MostEvaluations = 12;

    private readonly SortedDictionary<int, string[]> _pictures = [];

    /// <summary>The evaluations that have pictures.</summary>
    public IEnumerable<int> Evaluations => _pictures.Keys.Where(static iteration => iteration > 0);

    /// <summary>The images themselves.</summary>
    public IReadOnlyList<string> Photos => _pictures.GetValueOrDefault(0) ?? [];

    public IReadOnlyList<string> this[int iteration] => _pictures[iteration];

    public void Clear() => _pictures.Clear();

    public void Add(int iteration, IReadOnlyList<SnapshotPicture> pictures)
    {
        foreach (int later in Evaluations.Where(other => other >= iteration).ToArray())
        {
            _pictures.Remove(later);
        }

        _pictures[0] = [.. pictures.Select(static picture => PagePicture.Photo(picture.Photo))];
        _pictures[iteration] = [.. pictures.Select(static picture => PagePicture.Photo(picture.Overlay))];
        while (_pictures.Count - 1 > MostEvaluations)
        {
            // The one whose neighbours are nearest to each other is missed least.
            int[] all = [.. Evaluations];
            int least = Enumerable.Range(1, all.Length - 2).MinBy(place => all[place + 1] - all[place - 1]);
            _pictures.Remove(all[least]);
        }
    }

    /// <summary>Takes the pictures of a page, up to an evaluation; nothing where it is of another training.</summary>
    public void Read(string page, string id, int last)
    {
        if (!page.Contains(Mark(id), StringComparison.Ordinal))
        {
            return;
        }

        foreach (IGrouping<int, Match> evaluation in Picture().Matches(page)
            .GroupBy(static match => int.Parse(match.Groups["at"].Value, CultureInfo.InvariantCulture))
            .Where(group => group.Key <= last))
        {
            _pictures[evaluation.Key] =
            [
                .. evaluation.OrderBy(static match => int.Parse(match.Groups["image"].Value, CultureInfo.InvariantCulture))
                    .Select(static match => match.Groups["source"].Value),
            ];
        }
    }

    /// <summary>What tells a training's page from others.</summary>
    public static string Mark(string id) => $"<meta name=\"training\" content=\"{id}\"/>";

    /// <summary>A picture in the page, as <see cref="Read"/> finds it.</summary>
    public static string Element(int iteration, int image, string words, string source) => HtmlText.Format(
        $"<img data-at=\"{iteration}\" data-image=\"{image}\" loading=\"lazy\" alt=\"{HtmlText.Escape(words)}\" src=\"{source}\"/>");

    [GeneratedRegex("<img data-at=\"(?<at>[0-9]{1,9})\" data-image=\"(?<image>[0-9]{1,9})\" [^>]* src=\"(?<source>data:image/[^\"]+)\"/>")]
    private static partial Regex Picture();
}

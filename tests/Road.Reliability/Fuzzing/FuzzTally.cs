using System.Text.RegularExpressions;

namespace Road.Reliability.Fuzzing;

/// <summary>Counts what became of a kind's mutations.</summary>
internal sealed partial class FuzzTally
{
    private const int TellingLength = 90;
    private readonly Dictionary<FuzzOutcome, int> _counts = [];
    private readonly Dictionary<string, List<FuzzResult>> _failures = [];

    /// <summary>The mutations that changed something.</summary>
    public int Tried => _counts.Where(static pair => pair.Key != FuzzOutcome.Same).Sum(static pair => pair.Value);

    /// <summary>The failures, those alike together.</summary>
    public IEnumerable<IReadOnlyList<FuzzResult>> Failures => _failures.Values.OrderByDescending(static alike => alike.Count);

    /// <summary>How often there was an outcome.</summary>
    public int this[FuzzOutcome outcome] => _counts.GetValueOrDefault(outcome);

    /// <summary>Adds a result.</summary>
    public void Add(FuzzResult result)
    {
        _counts[result.Outcome] = this[result.Outcome] + 1;
        if (result.Outcome == FuzzOutcome.Failed)
        {
            string sort = Particulars().Replace(result.Detail, "_");
            sort = sort[..Math.Min(sort.Length, TellingLength)];
            if (!_failures.TryGetValue(sort, out List<FuzzResult>? alike))
            {
                _failures[sort] = alike = [];
            }

            alike.Add(result);
        }
    }

    [GeneratedRegex("""'[^']*'|\d+""")]
    private static partial Regex Particulars();
}

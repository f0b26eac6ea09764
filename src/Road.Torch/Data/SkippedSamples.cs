using System.Globalization;

namespace Road.Torch.Data;

/// <summary>What a stream left out because it could not be read.</summary>
public sealed class SkippedSamples
{
    private const int MostMessages = 3;

    private readonly HashSet<UInt128> _ids = [];
    private readonly List<string> _messages = [];

    /// <summary>How many samples were left out; one that failed in several passes counts once.</summary>
    public int Count => _ids.Count;

    /// <summary>Why the first of them could not be read, at most three.</summary>
    public IReadOnlyList<string> FirstMessages => _messages;

    /// <summary>The count and the first causes, such as <c>2 samples could not be read: ...</c>.</summary>
    /// <returns>The text.</returns>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Count} {(Count == 1 ? "sample" : "samples")} could not be read: "
            + $"{string.Join(" ", _messages)}{(Count > _messages.Count ? " ..." : "")}");

    /// <summary>What several streams left out, whose ids may be alike.</summary>
    internal static SkippedSamples Join(IEnumerable<SkippedSamples> parts)
    {
        SkippedSamples all = new();
        foreach ((int index, SkippedSamples part) in parts.Index())
        {
            foreach (UInt128 id in part._ids)
            {
                all._ids.Add(JoinedSamples.IdAmongAll(id, index));
            }

            all._messages.AddRange(part._messages.Take(MostMessages - all._messages.Count));
        }

        return all;
    }

    internal void Add(UInt128 id, string message)
    {
        if (_ids.Add(id) && _messages.Count < MostMessages)
        {
            _messages.Add(message);
        }
    }
}

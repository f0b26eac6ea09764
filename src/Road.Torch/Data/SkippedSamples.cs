namespace Road.Torch.Data;

/// <summary>What a stream left out because it could not be read.</summary>
public sealed class SkippedSamples
{
    private const int MostMessages = 3;

    private readonly HashSet<UInt128> ids = [];
    private readonly List<string> messages = [];

    /// <summary>How many samples were left out; one that failed in several passes counts once.</summary>
    public int Count => ids.Count;

    /// <summary>Why the first of them could not be read, at most three.</summary>
    public IReadOnlyList<string> FirstMessages => messages;

    /// <summary>The count and the first causes, such as <c>2 samples could not be read: ...</c>.</summary>
    /// <returns>The text.</returns>
    public override string ToString() =>
        FormattableString.Invariant($"{Count} {(Count == 1 ? "sample" : "samples")} could not be read: {string.Join(" ", messages)}{(Count > messages.Count ? " ..." : "")}");

    internal void Add(UInt128 id, string message)
    {
        if (ids.Add(id) && messages.Count < MostMessages)
        {
            messages.Add(message);
        }
    }
}

namespace Road.MLNet.Tests.Architecture;

/// <summary>That types of a folder name types of another.</summary>
/// <param name="From">The folder that needs the other.</param>
/// <param name="To">The folder that is needed.</param>
/// <param name="Types">Which types name which.</param>
internal sealed record FolderArrow(string From, string To, IReadOnlyList<(string From, string To)> Types)
{
    /// <summary>The arrows between the folders of types.</summary>
    /// <param name="types">The types by their full names.</param>
    public static IReadOnlyList<FolderArrow> Between(IReadOnlyDictionary<string, TypeNode> types) =>
    [
        .. types.Values.SelectMany(type => type.Needs.Select(need => (From: type, To: types[need])))
            .Where(static pair => pair.From.Folder != pair.To.Folder)
            .GroupBy(static pair => (pair.From.Folder, pair.To.Folder), static pair => (pair.From.Name, pair.To.Name))
            .Select(static pairs => new FolderArrow(pairs.Key.Item1, pairs.Key.Item2, [.. pairs.Order()])),
    ];

    /// <summary>Those of the arrows that lead back to where they begin, along others.</summary>
    public static IReadOnlyList<FolderArrow> InCircles(IReadOnlyList<FolderArrow> arrows)
    {
        ILookup<string, string> needs = arrows.ToLookup(static arrow => arrow.From, static arrow => arrow.To);
        return [.. arrows.Where(arrow => Reached(arrow.To, needs).Contains(arrow.From))];
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{From} needs {To}: {string.Join(", ", Types.Select(static pair => $"{Short(pair.From)} names {Short(pair.To)}"))}";

    private static HashSet<string> Reached(string start, ILookup<string, string> needs)
    {
        HashSet<string> reached = [start];
        Stack<string> open = new(reached);
        while (open.TryPop(out string? folder))
        {
            foreach (string next in needs[folder].Where(reached.Add))
            {
                open.Push(next);
            }
        }

        return reached;
    }

    private static string Short(string name) => name[(name.LastIndexOf('.') + 1)..];
}

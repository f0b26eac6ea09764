namespace Streets.Convert;

/// <summary>What a labelling tool has written.</summary>
internal sealed class Annotations
{
    private readonly SortedDictionary<string, int> _leftOut = new(StringComparer.Ordinal);

    /// <summary>The images.</summary>
    public List<AnnotatedImage> Images { get; } = [];

    /// <summary>
    /// The labels in the tool's order, with their colours, 0xRRGGBB, where it has some; those that only shapes have come later.
    /// </summary>
    public OrderedDictionary<string, int?> Labels { get; } = [];

    /// <summary>The label of what belongs to nothing, where the tool has one; null where not.</summary>
    public string? Background { get; set; }

    /// <summary>What the tool has drawn and is no area, such as lines, each kind with its number.</summary>
    public IReadOnlyDictionary<string, int> LeftOut => _leftOut;

    /// <summary>Counts something that is no area.</summary>
    public void LeaveOut(string kind, int count = 1) => _leftOut[kind] = _leftOut.GetValueOrDefault(kind) + count;
}

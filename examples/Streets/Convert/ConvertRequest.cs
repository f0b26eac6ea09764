namespace Streets.Convert;

/// <summary>What <c>convert</c> is asked for.</summary>
/// <param name="Annotations">The labelling tool's file or folder.</param>
/// <param name="Images">The folder of images.</param>
/// <param name="Output">The folder to write: masks below <c>labels</c>, and <c>classes.json</c>.</param>
internal sealed record ConvertRequest(string Annotations, string Images, string Output)
{
    /// <summary>The reader; null for the one that recognises the file.</summary>
    public IAnnotationReader? Reader { get; init; }

    /// <summary>The class of what no shape covers; <see cref="Ignore"/> for none; null for the tool's own, or none.</summary>
    public string? Background { get; init; }

    /// <summary>The names of the classes in their order; null for all labels that there are.</summary>
    public IReadOnlyList<string>? Classes { get; init; }

    /// <summary>Whether boxes are areas.</summary>
    public bool TakesBoxes { get; init; }

    /// <summary>The most pixels that an image may have.</summary>
    public int MaxPixels { get; init; } = 1 << 28;

    /// <summary>The background that is no class.</summary>
    public const string Ignore = "ignore";
}

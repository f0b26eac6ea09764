using System.Globalization;

namespace Road.Torch.Weights;

/// <summary>What became of each tensor when a file of weights met a module.</summary>
public sealed class WeightsReport
{
    private const int NamesShown = 5;

    internal WeightsReport(
        IReadOnlyList<string> loaded,
        IReadOnlyList<string> missing,
        IReadOnlyList<string> unexpected,
        IReadOnlyList<WeightsShapeMismatch> wrongShape,
        IReadOnlyList<string> skipped)
    {
        Loaded = loaded;
        Missing = missing;
        Unexpected = unexpected;
        WrongShape = wrongShape;
        Skipped = skipped;
    }

    /// <summary>The module's parameters and buffers that the file fills (in a strict load that fails: would have filled).</summary>
    public IReadOnlyList<string> Loaded { get; }

    /// <summary>The module's parameters and buffers that the file does not have.</summary>
    public IReadOnlyList<string> Missing { get; }

    /// <summary>The file's tensors that the module does not have.</summary>
    public IReadOnlyList<string> Unexpected { get; }

    /// <summary>The tensors that both have, in different shapes.</summary>
    public IReadOnlyList<WeightsShapeMismatch> WrongShape { get; }

    /// <summary>
    /// The file's tensors that were left out on purpose: classifiers and other heads, step counters, whatever lies outside the prefix.
    /// </summary>
    public IReadOnlyList<string> Skipped { get; }

    /// <summary>Whether the whole module was filled and nothing in the file was without a place.</summary>
    public bool IsComplete => Missing.Count == 0 && Unexpected.Count == 0 && WrongShape.Count == 0;

    /// <summary>Counts and the first few names, on one line.</summary>
    public override string ToString()
    {
        string[] parts =
        [
            string.Create(CultureInfo.InvariantCulture, $"{Loaded.Count} loaded"),
            .. Describe("missing", Missing),
            .. Describe("unexpected", Unexpected),
            .. Describe("of another shape", WrongShape),
            .. Describe("skipped", Skipped),
        ];
        return string.Join("; ", parts);
    }

    private static IEnumerable<string> Describe<T>(string kind, IReadOnlyList<T> items)
    {
        if (items.Count > 0)
        {
            string more = items.Count > NamesShown ? ", ..." : string.Empty;
            yield return string.Create(
                CultureInfo.InvariantCulture, $"{items.Count} {kind}: {string.Join(", ", items.Take(NamesShown))}{more}");
        }
    }
}

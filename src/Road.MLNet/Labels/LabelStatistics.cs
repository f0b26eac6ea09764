using System.Buffers;
using System.Globalization;
using Road.Torch.Data;

namespace Road.MLNet.Data;

/// <summary>How often each class occurs in label masks, and which raw pixel values no class claims.</summary>
/// <param name="classNames">The classes in the order of their indices.</param>
internal sealed class LabelStatistics(IReadOnlyList<string> classNames)
{
    private const int ShownValues = 8;
    private const double LeastClaimed = 0.01;

    // By class; the last is that of ignored pixels.
    private readonly long[] _pixels = new long[DecodedSample.IgnoredLabel + 1];
    private readonly Dictionary<string, long> _unclaimed = [];

    /// <summary>The masks that were counted.</summary>
    public int Masks { get; private set; }

    /// <summary>The masks that there are; null where that is not known.</summary>
    public long? AllMasks { get; init; }

    private long Total => _pixels.Sum();

    private long Ignored => _pixels[DecodedSample.IgnoredLabel];

    private double Claimed => Total == 0 ? 1 : (double)(Total - Ignored) / Total;

    /// <summary>Counts a mask of class indices, 255 where ignored.</summary>
    public void Add(ReadOnlySpan<byte> classes)
    {
        foreach (byte index in classes)
        {
            _pixels[index]++;
        }

        Masks++;
    }

    /// <summary>Counts a mask and the raw values that its encoding ignores.</summary>
    /// <exception cref="InvalidDataException">The mask's form does not fit the encoding.</exception>
    public void Add(LabelPng mask, string name, LabelEncoding encoding)
    {
        int count = mask.Width * mask.Height;
        byte[] rented = ArrayPool<byte>.Shared.Rent(count);
        try
        {
            Span<byte> classes = rented.AsSpan(0, count);
            encoding.Decode(mask, name, classes);
            Add(classes);
            encoding.CountIgnored(mask, name, classes, _unclaimed);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>What there is to warn of.</summary>
    public IEnumerable<string> Warnings()
    {
        if (Claimed < LeastClaimed)
        {
            yield return $"The classes claim only {Percent(Claimed)} of the source labels' pixels{Values(": they hold ")}. "
                + "Compare the pixel values of the label encoding with those of the masks.";
        }

        int[] occurring = [.. Enumerable.Range(0, classNames.Count).Where(index => _pixels[index] > 0)];
        if (occurring.Length == 1)
        {
            yield return $"All labelled pixels of the source are '{classNames[occurring[0]]}', so the network will learn to answer "
                + "nothing else"
                + $"{Values(": no class claims ")}. Compare the pixel values of the label encoding with those of the masks.";
        }
    }

    /// <summary>Writes each class's share of the labelled pixels, and what no class claims, in one line.</summary>
    public override string ToString()
    {
        long labelled = Total - Ignored;
        string of = AllMasks is { } all ? Invariant($"{Masks} of {all}") : Invariant($"{Masks}");
        string classes = string.Join(
            ", ", classNames.Select((name, index) => $"{name} {Percent(labelled == 0 ? 0 : (double)_pixels[index] / labelled)}"));
        string rest = Ignored == 0 ? string.Empty : $"; no class claims {Percent(1 - Claimed)} of the pixels{Values(": ")}";
        return $"Source labels, {of} masks: {classes}{rest}.";
    }

    private static string Percent(double share) => share switch
    {
        0 => "0 %",
        < 0.0005 => "under 0.1 %",
        _ => Invariant($"{100 * share:F1} %"),
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>The most frequent values that no class claims, with their shares of all pixels; empty where none are known.</summary>
    private string Values(string lead)
    {
        if (_unclaimed.Count == 0)
        {
            return string.Empty;
        }

        IEnumerable<string> shown = _unclaimed
            .OrderByDescending(pair => pair.Value)
            .ThenBy(pair => pair.Key, StringComparer.Ordinal)
            .Take(ShownValues)
            .Select(pair => $"{pair.Key} ({Percent((double)pair.Value / Total)})");
        return lead + string.Join(", ", shown) + (_unclaimed.Count > ShownValues ? " and others" : string.Empty);
    }
}

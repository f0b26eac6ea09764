namespace Road.Torch.Weights;

/// <summary>The exceptions of the weights' readers, each of one line that names the file and the cause.</summary>
internal static class WeightsError
{
    private const int LongestText = 120;

    /// <summary>The exception for a file that breaks its format or is refused.</summary>
    /// <param name="file">The file's name.</param>
    /// <param name="cause">What is wrong, after "Cannot read the weights file 'x': " and without a full stop.</param>
    /// <param name="inner">The exception behind it.</param>
    public static InvalidDataException Damaged(string file, string cause, Exception? inner = null) =>
        new($"Cannot read the weights file '{file}': {OnOneLine(cause)}.", inner);

    /// <summary>Text out of a file as a message may show it: short, quoted, on one line.</summary>
    public static string Quote(string text)
    {
        string start = text.Length > LongestText ? text[..LongestText] + "..." : text;
        return $"'{OnOneLine(start)}'";
    }

    /// <summary>A shape as messages show it.</summary>
    public static string Format(IEnumerable<long> shape) => $"[{string.Join(", ", shape)}]";

    private static string OnOneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
}

using System.Globalization;

namespace Road.Torch.Weights;

/// <summary>How the metadata of a safetensors file or an ONNX model states an input normalisation: four keys, all or none.</summary>
internal static class InputMetadata
{
    /// <summary>
    /// What an exported model puts before the keys: its graph takes pixels as they are, and they are of the network inside.
    /// </summary>
    public const string NetworkPrefix = "network.";

    private const string Channels = "input.channels";
    private const string Range = "input.range";
    private const string Mean = "input.mean";
    private const string StandardDeviation = "input.std";

    private static readonly string[] Keys = [Channels, Range, Mean, StandardDeviation];

    /// <summary>Reads the four keys; null where the metadata has none of them.</summary>
    /// <exception cref="InvalidDataException">A key is missing beside the others, or its value is malformed.</exception>
    public static InputNormalization? Read(IReadOnlyDictionary<string, string> metadata, string file)
    {
        string[] stated = [.. Keys.Where(metadata.ContainsKey)];
        if (stated.Length == 0)
        {
            return null;
        }

        if (stated.Length < Keys.Length)
        {
            throw new InvalidDataException(
                $"The metadata of '{file}' states {string.Join(", ", stated)}, but not {string.Join(", ", Keys.Except(stated))}: all "
                + "four are needed, or none.");
        }

        ChannelOrder channels = metadata[Channels] switch
        {
            "RGB" => ChannelOrder.Rgb,
            "BGR" => ChannelOrder.Bgr,
            string other => throw Malformed(file, Channels, other, "RGB or BGR"),
        };
        double range = metadata[Range] switch
        {
            "0-1" => 1,
            "0-255" => 255,
            string other => throw Malformed(file, Range, other, "0-1 or 0-255"),
        };
        double[] mean = ReadValues(metadata, file, Mean, double.IsFinite, "three finite numbers, separated by commas");
        double[] deviation = ReadValues(
            metadata, file, StandardDeviation, value => double.IsFinite(value) && value > 0, "three positive numbers, separated by commas");
        return new InputNormalization(channels, range, mean, deviation);
    }

    /// <summary>The metadata of the network inside an exported model; any other metadata as it is.</summary>
    public static IReadOnlyDictionary<string, string> OfNetwork(IReadOnlyDictionary<string, string> metadata) =>
        Keys.Any(key => metadata.ContainsKey(NetworkPrefix + key))
            ? metadata.Where(static pair => pair.Key.StartsWith(NetworkPrefix, StringComparison.Ordinal))
                .ToDictionary(static pair => pair.Key[NetworkPrefix.Length..], static pair => pair.Value, StringComparer.Ordinal)
            : metadata;

    /// <summary>Writes the four keys.</summary>
    public static Dictionary<string, string> Write(InputNormalization normalization) => new(StringComparer.Ordinal)
    {
        [Channels] = normalization.Channels == ChannelOrder.Rgb ? "RGB" : "BGR",
        [Range] = normalization.Range == 1 ? "0-1" : "0-255",
        [Mean] = WriteValues(normalization.Mean),
        [StandardDeviation] = WriteValues(normalization.StandardDeviation),
    };

    private static double[] ReadValues(
        IReadOnlyDictionary<string, string> metadata, string file, string key, Func<double, bool> isValid, string expected)
    {
        string text = metadata[key];
        List<double> values = [];
        foreach (string part in text.Split(','))
        {
            if (values.Count == 3 || !double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
                || !isValid(value))
            {
                throw Malformed(file, key, text, expected);
            }

            values.Add(value);
        }

        return values.Count == 3 ? [.. values] : throw Malformed(file, key, text, expected);
    }

    private static string WriteValues(IEnumerable<double> values) =>
        string.Join(',', values.Select(value => value.ToString("R", CultureInfo.InvariantCulture)));

    private static InvalidDataException Malformed(string file, string key, string value, string expected) =>
        new($"The metadata {key} of '{file}' must be {expected}, not '{value}'.");
}

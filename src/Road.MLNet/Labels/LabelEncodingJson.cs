using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Road.Files;

namespace Road.MLNet.Data;

/// <summary>An encoding as JSON: what classes files hold, and what a saved pipeline keeps.</summary>
internal sealed record LabelEncodingJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        AllowDuplicateProperties = false,
        AllowTrailingCommas = true,
        ReadCommentHandling = JsonCommentHandling.Skip,
    };

    /// <summary>The classes in the order of their indices.</summary>
    [JsonPropertyName("classes")]
    public LabelClassJson[]? Classes { get; init; }

    /// <summary>The channel of ids in RGB masks: red, green or blue; null for grey and palette masks.</summary>
    [JsonPropertyName("channel")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Channel { get; init; }

    /// <summary>The bits that a sample must have, 8 (at most) or 16; null where any will do.</summary>
    [JsonPropertyName("bits")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Bits { get; init; }

    /// <summary>Properties that nothing knows, such as misspelt ones.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; init; }

    /// <summary>Describes an encoding.</summary>
    public static LabelEncodingJson FromEncoding(LabelEncoding encoding) => new()
    {
        Channel = encoding.Channel == LabelChannel.Index ? null : encoding.Channel.ToString().ToLowerInvariant(),
        Bits = encoding.SampleBits,
        Classes = [.. encoding.ClassNames.Select((name, index) => new LabelClassJson
        {
            Name = name,
            Color = Write(encoding.ClassColors[index]),
            Ids = encoding.IdToClass is null ? null : LabelClassJson.Write(
                index == encoding.OthersClass, encoding.IdToClass.Where(pair => pair.Value == index).Select(pair => pair.Key)),
            MaskColors = encoding.ColorToClass is null ? null : LabelClassJson.Write(
                index == encoding.OthersClass, encoding.ColorToClass.Where(pair => pair.Value == index).Select(pair => Write(pair.Key))),
        })],
    };

    /// <summary>Parses a classes file.</summary>
    /// <exception cref="InvalidDataException">The content is not JSON of this form.</exception>
    public static LabelEncodingJson Parse(ReadOnlySpan<byte> content)
    {
        // The mark that some editors put before UTF-8 is not part of JSON.
        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        if (content.IsEmpty)
        {
            throw new InvalidDataException("It is empty.");
        }

        try
        {
            return JsonSerializer.Deserialize<LabelEncodingJson>(content.StartsWith(mark) ? content[3..] : content, Options)
                ?? throw new InvalidDataException("It holds null.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException(exception.Message, exception);
        }
    }

    /// <summary>Makes the encoding, checking everything.</summary>
    /// <exception cref="InvalidDataException">The classes are not valid; the message says which and why.</exception>
    public LabelEncoding ToEncoding()
    {
        CheckNames(Others, "beside \"classes\"", ["classes", "channel", "bits"]);
        if (Classes is null)
        {
            throw new InvalidDataException("\"classes\" is missing.");
        }

        int missing = Array.FindIndex(Classes, entry => entry is null);
        if (missing >= 0)
        {
            throw new InvalidDataException($"Class {missing} is null.");
        }

        foreach ((int number, LabelClassJson entry) in Classes.Index())
        {
            string place = string.Create(
                CultureInfo.InvariantCulture, $"in class {number}{(entry.Name is null ? string.Empty : $", '{entry.Name}'")}");
            CheckNames(entry.Unknown, place, ["name", "color", "ids", "maskColors"]);
        }

        string?[] names = [.. Classes.Select(entry => entry.Name)];
        if (LabelEncoding.FindFault(names) is { } fault)
        {
            throw new InvalidDataException(fault);
        }

        string[] classNames = [.. names.Select(name => name!)];
        RgbColor?[] given = [.. Classes.Select(entry => entry.Color is null ? null : (RgbColor?)ReadColor(entry.Color, entry.Name!))];
        LabelChannel channel = ReadChannel();
        if (Bits is not (null or 8 or 16))
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"\"bits\" must be 8 or 16, not {Bits}."));
        }

        var ids = new Dictionary<int, int>();
        var maskColors = new Dictionary<RgbColor, int>();
        int? others = null;
        for (int i = 0; i < Classes.Length; i++)
        {
            if (Classes[i].Ids is null == Classes[i].MaskColors is null)
            {
                throw new InvalidDataException(
                    $"Class '{classNames[i]}' must have either \"ids\", its raw pixel values, or \"maskColors\".");
            }

            int[] classIds = Classes[i].Read<int>(Classes[i].Ids, "ids", "a list of whole numbers, 0 to 65535,", out bool isOtherIds);
            int[][] classColors = Classes[i].Read<int[]>(
                Classes[i].MaskColors, "maskColors", "a list of colours of red, green and blue, 0 to 255 each,", out bool isOtherColors);
            if (isOtherIds || isOtherColors)
            {
                others = others is null ? i : throw new InvalidDataException(
                    $"Classes '{classNames[others.Value]}' and '{classNames[i]}' both have \"{LabelClassJson.Others}\"; only one can.");
            }

            foreach (int id in classIds)
            {
                if (id is < 0 or > ushort.MaxValue)
                {
                    throw new InvalidDataException($"Class '{classNames[i]}' has the id {id}; ids must be 0 to 65535.");
                }

                Claim(ids, id, i, classNames);
            }

            foreach (int[] color in classColors)
            {
                Claim(maskColors, ReadColor(color, classNames[i]), i, classNames);
            }
        }

        if ((ids.Count == 0) == (maskColors.Count == 0))
        {
            throw new InvalidDataException(ids.Count == 0 ? "No class has an id." : "Some classes have \"ids\" and others \"maskColors\".");
        }

        bool byColor = maskColors.Count > 0;
        if (others is { } index && Classes[index].MaskColors is null == byColor)
        {
            throw new InvalidDataException("Some classes have \"ids\" and others \"maskColors\".");
        }

        RgbColor[] colors = ClassPalette.Complete(
            classNames,
            byColor
                ? [.. given.Select(
                    (color, i) => color ?? (maskColors.ContainsValue(i) ? maskColors.First(pair => pair.Value == i).Key : null))]
                : given);
        return new LabelEncoding(classNames, colors, byColor ? null : ids, byColor ? maskColors : null, channel, Bits, others);
    }

    // A misspelt property that is passed over changes what masks mean, without a word.
    private static void CheckNames(Dictionary<string, JsonElement>? others, string place, string[] known)
    {
        if (others is { Count: > 0 })
        {
            string name = others.Keys.First();
            throw new InvalidDataException(
                $"There is no property '{name}' {place}{NearestName.Ask(name, known)} Possible are {string.Join(", ", known)}.");
        }
    }

    private static void Claim<T>(Dictionary<T, int> claims, T value, int index, string[] names)
        where T : notnull
    {
        if (!claims.TryAdd(value, index))
        {
            throw new InvalidDataException(claims[value] == index
                ? $"Class '{names[index]}' has {value} twice."
                : $"Classes '{names[claims[value]]}' and '{names[index]}' both have {value}.");
        }
    }

    private static RgbColor ReadColor(int[]? color, string name)
    {
        if (color is not { Length: 3 } || color.Any(value => value is < 0 or > 255))
        {
            throw new InvalidDataException(
                $"Class '{name}' has a colour of [{string.Join(", ", color ?? [])}]; it must be red, green and blue, 0 to 255 each.");
        }

        return new RgbColor((byte)color[0], (byte)color[1], (byte)color[2]);
    }

    private static int[] Write(RgbColor color) => [color.Red, color.Green, color.Blue];

    private LabelChannel ReadChannel() => Channel switch
    {
        null or "index" => LabelChannel.Index,
        "red" => LabelChannel.Red,
        "green" => LabelChannel.Green,
        "blue" => LabelChannel.Blue,
        _ => throw new InvalidDataException(
            $"\"channel\" must be \"index\", \"red\", \"green\" or \"blue\", not "
            + $"\"{Channel}\"{NearestName.Ask(Channel!, ["index", "red", "green", "blue"])}"),
    };
}

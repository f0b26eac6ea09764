using System.Text.Json;
using System.Text.Json.Serialization;
using Road.Files;

namespace Road.MLNet.Data;

/// <summary>One class of an encoding as JSON.</summary>
internal sealed record LabelClassJson
{
    /// <summary>What stands in the place of values where a class has all that no other class has.</summary>
    public const string Others = "others";

    private const int MaximumShown = 80;

    /// <summary>The class's name.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    /// <summary>Red, green, blue; null for a default colour.</summary>
    [JsonPropertyName("color")]
    public int[]? Color { get; init; }

    /// <summary>The raw pixel values of the class, or <see cref="Others"/>; null where masks are colour-coded.</summary>
    [JsonPropertyName("ids")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Ids { get; init; }

    /// <summary>The colours of the class in colour-coded masks, or <see cref="Others"/>; null where masks hold ids.</summary>
    [JsonPropertyName("maskColors")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? MaskColors { get; init; }

    /// <summary>Properties that nothing knows, such as misspelt ones.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; init; }

    /// <summary>Writes values, or, where the class has all others, that it has.</summary>
    public static JsonElement Write<T>(bool isOthers, IEnumerable<T> values) =>
        isOthers ? JsonSerializer.SerializeToElement(Others) : JsonSerializer.SerializeToElement(values.ToArray());

    /// <summary>Reads what <see cref="Write{T}"/> wrote, or a user did.</summary>
    /// <param name="values">The element; null for no values.</param>
    /// <param name="property">What it is called in the file.</param>
    /// <param name="expected">What its values are.</param>
    /// <param name="isOthers">Whether the class has all other values.</param>
    /// <returns>The values.</returns>
    /// <exception cref="InvalidDataException">The element holds something else; the message names the class.</exception>
    public T[] Read<T>(JsonElement? values, string property, string expected, out bool isOthers)
    {
        isOthers = false;
        if (values is not { } element)
        {
            return [];
        }

        try
        {
            isOthers = element.ValueKind == JsonValueKind.String && element.ValueEquals(Others);
            if (isOthers)
            {
                return [];
            }

            if (element.ValueKind == JsonValueKind.Array && element.Deserialize<T[]>() is { } read)
            {
                return read;
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Said below, with the class.
        }

        string question = element.ValueKind == JsonValueKind.String && Show(element).Trim('"') is var text
            && NearestName.Find(text, [Others]) is not null
            ? $"; did you mean '{Others}'?"
            : ".";
        throw new InvalidDataException(
            $"Class '{Name}' has {Show(element)} as \"{property}\"; it must be {expected} or \"{Others}\"{question}");
    }

    private static string Show(JsonElement element)
    {
        try
        {
            string text = element.GetRawText();
            return text.Length <= MaximumShown ? text : text[..MaximumShown] + "...";
        }
        catch (InvalidOperationException)
        {
            return "text that is not UTF-8";
        }
    }
}

using System.Text.Json;
using System.Text.Json.Serialization;

namespace Road.MLNet.Data;

/// <summary>One class of an encoding as JSON.</summary>
internal sealed record LabelClassJson
{
    /// <summary>The class's name.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    /// <summary>Red, green, blue; null for a default colour.</summary>
    [JsonPropertyName("color")]
    public int[]? Color { get; init; }

    /// <summary>The raw pixel values of the class; null where masks are colour-coded.</summary>
    [JsonPropertyName("ids")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int[]? Ids { get; init; }

    /// <summary>The colours of the class in colour-coded masks; null where masks hold ids.</summary>
    [JsonPropertyName("maskColors")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int[][]? MaskColors { get; init; }

    /// <summary>Properties that nothing knows, such as misspelt ones.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; init; }
}

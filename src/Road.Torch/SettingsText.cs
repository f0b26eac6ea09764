using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Road.Torch;

/// <summary>Objects that are settings, as text that tells them from every other by their content.</summary>
internal static class SettingsText
{
    private static readonly JsonSerializerOptions Format = new()
    {
        Converters = { new JsonStringEnumConverter() },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveOutWhatCannotBeSet } },
    };

    /// <summary>A name, and the public properties that can be set, as JSON.</summary>
    public static string Describe(string name, object settings) =>
        $"{name} {JsonSerializer.Serialize(settings, settings.GetType(), Format)}";

    private static void LeaveOutWhatCannotBeSet(JsonTypeInfo type)
    {
        for (int i = type.Properties.Count - 1; i >= 0; i--)
        {
            if (type.Properties[i].Set is null)
            {
                type.Properties.RemoveAt(i);
            }
        }
    }
}

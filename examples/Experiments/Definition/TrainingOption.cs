using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Road.MLNet;
using Road.Torch.Adaptation;
using Road.Torch.Data;
using Road.Torch.Training;

namespace Experiments.Definition;

/// <summary>
/// An option of the trainer, or with a dot of one of its groups, as experiment files name it: the property's name with a small letter. Its
/// kind, range and default are the property's own.
/// </summary>
internal sealed class TrainingOption
{
    private const string Logarithmic = "log";

    private readonly PropertyInfo? _group;
    private readonly PropertyInfo _property;
    private readonly Type _type;

    /// <summary>An option.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="title">What a chart's axis calls it.</param>
    public TrainingOption(string name, string title)
    {
        (Name, Title) = (name, title);
        string[] parts = name.Split('.');
        _group = parts.Length > 1 ? Property(typeof(RoadTrainerOptions), parts[0]) : null;
        _property = Property(_group?.PropertyType ?? typeof(RoadTrainerOptions), parts[^1]);
        _type = Nullable.GetUnderlyingType(_property.PropertyType) ?? _property.PropertyType;
    }

    private TrainingOption(string name, PropertyInfo property)
    {
        (Name, Title) = (name, name);
        _property = property;
        _type = Nullable.GetUnderlyingType(_property.PropertyType) ?? _property.PropertyType;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>What a chart's axis calls it.</summary>
    public string Title { get; }

    /// <summary>Whether its values are numbers, which can be swept over.</summary>
    public bool IsNumber => _type == typeof(int) || _type == typeof(double);

    /// <summary>Whether it came after results were kept: at its default it is no part of a run's settings.</summary>
    public bool IsLater { get; init; }

    /// <summary>What counts where the option is not set.</summary>
    public TrainingOption? Otherwise { get; init; }

    private string Allowed => _type == typeof(int) ? "a whole number"
        : _type == typeof(double) ? "a number"
        : _type == typeof(bool) ? "true or false"
        : _type == typeof(RareClassOptions) ? "a number, the temperature, or true for the published one"
        : _type == typeof(ClassWeighting) ? ClassWeightingText.Allowed
        : _type == typeof(ScaleRange)
        ? "a list of two numbers, the least and the largest scale, and \"log\" behind them where halving is to be as likely as doubling"
        : $"one of {string.Join(", ", Enum.GetNames(_type).Select(static name => name.ToLowerInvariant()))}";

    /// <summary>A setting of an adaptation method; null where it has none of that name.</summary>
    public static TrainingOption? OfMethod(AdaptationMethod method, string name) =>
        name.Length > 0 && method.GetType().GetProperty(Capital(name)) is { CanWrite: true } property ? new(name, property) : null;

    /// <summary>Reads it, for the settings of a run.</summary>
    public JsonNode? Get(RoadTrainerOptions options) => _property.GetValue(_group?.GetValue(options) ?? options) switch
    {
        null when _type == typeof(ClassWeighting) => ClassWeightingText.Write(null),
        null => Otherwise?.Get(options),
        ClassWeighting weighting when ClassWeightingText.Write(weighting) is { } text => text,
        int number => number,
        double number => number,
        bool isOn => isOn,
        ScaleRange range =>
            range.IsLogUniform ? new JsonArray(range.Minimum, range.Maximum, Logarithmic) : new JsonArray(range.Minimum, range.Maximum),
        RareClassOptions rare => rare.ToString(),
        Enum choice => choice.ToString().ToLowerInvariant(),
        object other => throw new InvalidOperationException($"{Name} is {other.GetType()}, which no experiment file can hold."),
    };

    /// <summary>Sets the option to a property of a description.</summary>
    public void Apply(RoadTrainerOptions options, JsonPiece piece, string property, JsonElement value) =>
        Apply((object)(_group?.GetValue(options) ?? options), piece, property, value);

    /// <summary>The same for what has the option itself.</summary>
    public void Apply(object owner, JsonPiece piece, string property, JsonElement value)
    {
        object? read;
        try
        {
            read = _type == typeof(ClassWeighting)
                ? ReadWeighting(piece, property, value)
                : Read(value) ?? throw piece.Wrong(property, Allowed);
        }
        catch (ArgumentOutOfRangeException refused)
        {
            throw piece.Wrong(property, refused);
        }

        try
        {
            _property.SetValue(owner, read);
        }
        catch (TargetInvocationException error) when (error.InnerException is ArgumentException refused)
        {
            throw piece.Wrong(property, refused);
        }
    }

    /// <summary>The value as one of the property's type; null where it is of another kind.</summary>
    private object? Read(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when _type == typeof(int) => value.TryGetInt32(out int number) ? number : null,
        JsonValueKind.Number when _type == typeof(double) => value.GetDouble(),
        JsonValueKind.Number when _type == typeof(RareClassOptions) => new RareClassOptions { Temperature = value.GetDouble() },
        JsonValueKind.True when _type == typeof(RareClassOptions) => new RareClassOptions(),
        JsonValueKind.True or JsonValueKind.False when _type == typeof(bool) => value.GetBoolean(),
        JsonValueKind.Array when _type == typeof(ScaleRange) => ReadRange(value),
        JsonValueKind.String when _type.IsEnum => ReadChoice(value.GetString()!),
        _ => null,
    };

    private ClassWeighting? ReadWeighting(JsonPiece piece, string property, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            throw piece.Wrong(property, Allowed);
        }

        return ClassWeightingText.TryRead(value.GetString()!, out ClassWeighting? weighting, out string error)
            ? weighting
            : throw piece.Wrong(property, new ArgumentException(error));
    }

    private static ScaleRange? ReadRange(JsonElement value) =>
        value.GetArrayLength() is 2 or 3 && value[0].ValueKind == JsonValueKind.Number && value[1].ValueKind == JsonValueKind.Number
            && (value.GetArrayLength() == 2 || (value[2].ValueKind == JsonValueKind.String && value[2].ValueEquals(Logarithmic)))
            ? new ScaleRange(value[0].GetDouble(), value[1].GetDouble()) { IsLogUniform = value.GetArrayLength() == 3 }
            : null;

    private object? ReadChoice(string text) =>
        Enum.TryParse(_type, text, ignoreCase: true, out object? choice) && Enum.IsDefined(_type, choice)
            && !char.IsAsciiDigit(text[0]) ? choice : null;

    private static PropertyInfo Property(Type type, string name) => type.GetProperty(Capital(name))
        ?? throw new ArgumentException($"{type} has no property for the option '{name}'.", nameof(name));

    private static string Capital(string name) => char.ToUpperInvariant(name[0]) + name[1..];
}

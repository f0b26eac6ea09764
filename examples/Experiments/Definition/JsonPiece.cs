using System.Text.Json;
using System.Text.Json.Nodes;
using Road.Files;

namespace Experiments.Definition;

/// <summary>A JSON object of an experiment's description. Errors name the file, the property, its value and what is allowed.</summary>
internal sealed class JsonPiece
{
    private readonly JsonElement _element;
    private readonly string _prefix;
    private readonly HashSet<string> _read = [];

    private JsonPiece(string file, string prefix, JsonElement element)
    {
        File = file;
        _prefix = prefix;
        _element = element;
    }

    /// <summary>The file that the object comes from.</summary>
    public string File { get; }

    /// <summary>The names of the properties.</summary>
    public IEnumerable<string> Names => _element.EnumerateObject().Select(static property => property.Name);

    /// <summary>An object in memory; errors call it by a name instead of a file.</summary>
    public static JsonPiece Of(string name, JsonObject value) => new(name, "", JsonSerializer.SerializeToElement(value));

    /// <summary>Reads a file that holds one object; comments and trailing commas are allowed.</summary>
    public static JsonPiece Read(string file)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(InputFile.ReadAllBytes(file, "experiment file"), new JsonDocumentOptions
            {
                CommentHandling = JsonCommentHandling.Skip,
                AllowTrailingCommas = true,
                AllowDuplicateProperties = false,
            });
            ReadTexts(document.RootElement);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new JsonPiece(file, "", document.RootElement.Clone())
                : throw new ExperimentException($"{file}: expected an object in braces, not {document.RootElement.GetRawText()}.");
        }
        catch (JsonException error)
        {
            throw new ExperimentException($"{file} is no JSON (comments are allowed): {error.Message}", error);
        }
        catch (InvalidOperationException error)
        {
            throw new ExperimentException($"{file} holds text that is no Unicode: {error.Message}", error);
        }
    }

    public string Text(string name) => OptionalText(name) ?? throw Missing(name);

    public string? OptionalText(string name) => Find(name) is not { } value
        ? null
        : value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
            ? text
            : throw Wrong(name, "a text that is not empty");

    /// <summary>The texts of a list that has at least one.</summary>
    public IReadOnlyList<string>? OptionalTexts(string name) => OptionalList(name)?.Select(item => item.ValueKind == JsonValueKind.String
        ? item.GetString()!
        : throw Wrong(name, "a list of texts")).ToArray();

    /// <summary>The items of a list that has at least one.</summary>
    public IReadOnlyList<JsonElement>? OptionalList(string name) => Find(name) is not { } value
        ? null
        : value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0
            ? [.. value.EnumerateArray()]
            : throw Wrong(name, "a list of at least one");

    public IReadOnlyList<int>? OptionalSeeds(string name)
    {
        const string Allowed = "a list of whole numbers of 0 or more, each once";
        if (OptionalList(name) is not { } items)
        {
            return null;
        }

        int[] seeds = [.. items.Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out int seed) && seed >= 0
            ? seed
            : throw Wrong(name, Allowed))];
        return seeds.Distinct().Count() == seeds.Length ? seeds : throw Wrong(name, Allowed);
    }

    public JsonPiece Piece(string name) => OptionalPiece(name) ?? throw Missing(name);

    public JsonPiece? OptionalPiece(string name) => Find(name) is { } value ? Inner(name, value) : null;

    /// <summary>The object at a place of this one, such as an item of a list.</summary>
    public JsonPiece Inner(string name, JsonElement value) => value.ValueKind == JsonValueKind.Object
        ? new JsonPiece(File, $"{_prefix}{name}.", value)
        : throw new ExperimentException($"{File}: '{_prefix}{name}' is {value.GetRawText()}; it must be an object in braces.");

    public JsonElement Value(string name) => Find(name) ?? throw Missing(name);

    public JsonElement? Find(string name)
    {
        _read.Add(name);
        return _element.TryGetProperty(name, out JsonElement value) ? value : null;
    }

    /// <summary>Refuses properties that nothing has read.</summary>
    public void RefuseOthers()
    {
        if (Names.FirstOrDefault(name => !_read.Contains(name)) is { } unknown)
        {
            throw new ExperimentException(
                $"{File}: there is no property '{_prefix}{unknown}' (it is {_element.GetProperty(unknown).GetRawText()}); possible are "
                + $"{string.Join(", ", _read.Order(StringComparer.Ordinal))}{NearestName.Ask(unknown, _read)}");
        }
    }

    /// <summary>Reads all names and texts, since a parser looks at their bytes no sooner.</summary>
    /// <exception cref="InvalidOperationException">One of them is no Unicode.</exception>
    private static void ReadTexts(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty property in value.EnumerateObject())
                {
                    _ = property.Name;
                    ReadTexts(property.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in value.EnumerateArray())
                {
                    ReadTexts(item);
                }

                break;
            case JsonValueKind.String:
                _ = value.GetString();
                break;
        }
    }

    /// <summary>The error for a property that must be there. One that is nearly it may stand there misspelt.</summary>
    public ExperimentException Missing(string name) => new(NearestName.Find(name, Names.Where(other => !_read.Contains(other))) is { } other
        ? $"{File}: the property '{_prefix}{name}' is missing; there is '{_prefix}{other}': did you mean '{name}'?"
        : $"{File}: the property '{_prefix}{name}' is missing.");

    public ExperimentException Wrong(string name, string allowed) =>
        new($"{File}: '{_prefix}{name}' is {_element.GetProperty(name).GetRawText()}; it must be {allowed}.");

    /// <summary>A text that is none of those known, with the one that it is nearly.</summary>
    public ExperimentException Unknown(string name, IReadOnlyList<string> known) => new(
        $"{File}: '{_prefix}{name}' is {_element.GetProperty(name).GetRawText()}; it must be one of "
        + $"{string.Join(", ", known)}{NearestName.Ask(_element.GetProperty(name).ToString(), known)}");

    public ExperimentException Wrong(string name, Exception error) =>
        new($"{File}: '{_prefix}{name}' is {_element.GetProperty(name).GetRawText()}: {error.Message}", error);
}

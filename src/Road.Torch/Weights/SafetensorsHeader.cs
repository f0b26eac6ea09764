using System.Text.Json;
using static TorchSharp.torch;

namespace Road.Torch.Weights;

/// <summary>The header of a safetensors file, checked: its tensors cover the data without a gap or an overlap.</summary>
internal sealed class SafetensorsHeader
{
    /// <summary>The longest header that the format allows, in bytes.</summary>
    public const long MaximumLength = 100_000_000;

    /// <summary>The key that holds the file's metadata, which no tensor may have as its name.</summary>
    public const string MetadataKey = "__metadata__";

    // libtorch's own limit on what its element-wise kernels iterate over.
    private const int MaximumDimensions = 64;

    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private readonly List<SafetensorsEntry> _entries = [];
    private readonly string _file;

    private SafetensorsHeader(string file)
    {
        _file = file;
    }

    /// <summary>The metadata; empty where the file states none.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>The tensors in the order of their bytes.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries => _entries;

    /// <summary>The length of the data after the header, in bytes.</summary>
    public long DataLength { get; private set; }

    /// <summary>Checks a header length before anything of that length is read.</summary>
    public static void CheckLength(ulong length, string file)
    {
        if (length is < 2 or > MaximumLength)
        {
            throw Damaged(file, $"its first 8 bytes give a header of {length} bytes; 2 to {MaximumLength} are allowed. It may not be a safetensors file");
        }
    }

    /// <summary>Reads and checks a header.</summary>
    /// <param name="json">The header's bytes.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <exception cref="InvalidDataException">The header is not valid.</exception>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> json, string file)
    {
        SafetensorsHeader header = new(file);
        if (json.IsEmpty || json[0] != (byte)'{')
        {
            throw Damaged(file, "its header does not begin with '{'");
        }

        try
        {
            header.ReadAll(json);
        }
        catch (JsonException exception)
        {
            throw Damaged(file, $"its header is not valid JSON ({exception.Message})", exception);
        }
        catch (InvalidOperationException exception)
        {
            // What the reader throws for text that is not valid UTF-8 or UTF-16.
            throw Damaged(file, $"its header holds invalid text ({exception.Message})", exception);
        }

        header.CheckLayout();
        return header;
    }

    /// <summary>The exception for a file that breaks the format.</summary>
    public static InvalidDataException Damaged(string file, string cause, Exception? inner = null) =>
        new($"Cannot read the weights file '{file}': {cause}.", inner);

    private void ReadAll(ReadOnlySpan<byte> json)
    {
        Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = 8 });
        HashSet<string> names = new(StringComparer.Ordinal);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            if (!names.Add(name))
            {
                throw Damaged(_file, $"its header names '{name}' twice");
            }

            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw Damaged(_file, $"'{name}' in its header must be an object, not {Describe(reader.TokenType)}");
            }

            if (name == MetadataKey)
            {
                ReadMetadata(ref reader);
            }
            else
            {
                _entries.Add(ReadEntry(ref reader, name));
            }
        }

        // Anything but white space after the object is a JsonException here.
        reader.Read();
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
            {
                throw Damaged(_file, $"the metadata '{key}' must be a string, not {Describe(reader.TokenType)}");
            }

            if (!_metadata.TryAdd(key, reader.GetString()!))
            {
                throw Damaged(_file, $"its metadata names '{key}' twice");
            }
        }
    }

    private SafetensorsEntry ReadEntry(ref Utf8JsonReader reader, string name)
    {
        ScalarType? type = null;
        List<long>? shape = null;
        List<long>? offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            if (key == "dtype" && type is null)
            {
                type = ReadType(ref reader, name);
            }
            else if (key == "shape" && shape is null)
            {
                shape = ReadExtents(ref reader, name, key, MaximumDimensions);
            }
            else if (key == "data_offsets" && offsets is null)
            {
                offsets = ReadExtents(ref reader, name, key, 2);
            }
            else if (key is "dtype" or "shape" or "data_offsets")
            {
                throw Damaged(_file, $"the tensor '{name}' states its {key} twice");
            }
            else
            {
                reader.Skip();
            }
        }

        if (type is null || shape is null || offsets is not [long begin, long end])
        {
            string missing = type is null ? "dtype" : shape is null ? "shape" : "data_offsets";
            throw Damaged(_file, $"the tensor '{name}' has no valid {missing}");
        }

        CheckSize(name, type.Value, shape, begin, end);
        return new SafetensorsEntry(name, type.Value, shape.AsReadOnly()) { Begin = begin, End = end };
    }

    private ScalarType ReadType(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            throw Damaged(_file, $"the dtype of the tensor '{name}' must be a string, not {Describe(reader.TokenType)}");
        }

        string text = reader.GetString()!;
        return SafetensorsType.TryParse(text, out ScalarType type)
            ? type
            : throw Damaged(_file, $"the tensor '{name}' has the dtype '{text}'; supported are {SafetensorsType.Names}");
    }

    private List<long> ReadExtents(ref Utf8JsonReader reader, string name, string key, int limit)
    {
        List<long> values = [];
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw Damaged(_file, $"the {key} of the tensor '{name}' must be an array, not {Describe(reader.TokenType)}");
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long value) || value < 0)
            {
                throw Damaged(_file, $"the {key} of the tensor '{name}' must hold whole numbers of 0 to 2^63 - 1");
            }

            if (values.Count == limit)
            {
                throw Damaged(_file, $"the {key} of the tensor '{name}' holds more than {limit} numbers");
            }

            values.Add(value);
        }

        return values;
    }

    private void CheckSize(string name, ScalarType type, List<long> shape, long begin, long end)
    {
        // An extent of 0 empties the tensor but must not hide an overflow of the others, which libtorch's strides meet.
        UInt128 size = (UInt128)SafetensorsType.SizeOf(type);
        foreach (long extent in shape)
        {
            size *= (UInt128)Math.Max(extent, 1);
            if (size > long.MaxValue)
            {
                throw Damaged(_file, $"the shape {Format(shape)} of the tensor '{name}' is too large");
            }
        }

        long bytes = shape.Contains(0) ? 0 : (long)size;
        if (begin > end)
        {
            throw Damaged(_file, $"the tensor '{name}' begins at byte {begin}, after its end at {end}");
        }

        if (end - begin != bytes)
        {
            throw Damaged(_file, $"the tensor '{name}' of shape {Format(shape)} needs {bytes} bytes, but has the {end - begin} bytes {begin} to {end}");
        }
    }

    private void CheckLayout()
    {
        // Ordered by their ends too, so that an empty tensor comes before the one that starts at the same byte.
        _entries.Sort((left, right) => (left.Begin, left.End, left.Name).CompareTo((right.Begin, right.End, right.Name)));
        long position = 0;
        string before = "the header";
        foreach (SafetensorsEntry entry in _entries)
        {
            if (entry.Begin != position)
            {
                string fault = entry.Begin < position ? "overlaps" : "leaves a gap to";
                throw Damaged(_file, $"the tensor '{entry.Name}' at byte {entry.Begin} {fault} {before}, which ends at {position}");
            }

            position = entry.End;
            before = $"'{entry.Name}'";
        }

        DataLength = position;
    }

    private static string Format(IEnumerable<long> shape) => $"[{string.Join(", ", shape)}]";

    private static string Describe(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.Number => "a number",
        JsonTokenType.String => "a string",
        JsonTokenType.Null => "null",
        _ => "a boolean",
    };
}

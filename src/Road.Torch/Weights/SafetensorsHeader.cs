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

    // Names and metadata take more memory as text than in the file, and neither is what such a file is for.
    private const long MaximumMetadataLength = 1 << 22;

    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private readonly List<WeightsEntry> _entries = [];
    private readonly string _file;

    private SafetensorsHeader(string file)
    {
        _file = file;
    }

    /// <summary>The metadata; empty where the file states none.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>The tensors in the order of their bytes.</summary>
    public IReadOnlyList<WeightsEntry> Entries => _entries;

    /// <summary>The length of the data after the header, in bytes.</summary>
    public long DataLength { get; private set; }

    /// <summary>Checks a header length before anything of that length is read.</summary>
    public static void CheckLength(ulong length, string file)
    {
        if (length is < 2 or > MaximumLength)
        {
            throw WeightsError.Damaged(
                file,
                $"its first 8 bytes give a header of {length} bytes; 2 to {MaximumLength} are allowed. It may not be a safetensors file");
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
            throw WeightsError.Damaged(file, "its header does not begin with '{'");
        }

        try
        {
            header.ReadAll(json);
        }
        catch (JsonException exception)
        {
            throw WeightsError.Damaged(
                file, $"its header is not valid JSON at byte {exception.BytePositionInLine} of line {exception.LineNumber}", exception);
        }
        catch (InvalidOperationException exception)
        {
            // What the reader throws for text that is not valid UTF-8 or UTF-16.
            throw WeightsError.Damaged(file, $"its header holds invalid text ({exception.Message})", exception);
        }

        header.CheckLayout();
        return header;
    }

    private void ReadAll(ReadOnlySpan<byte> json)
    {
        Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = 8 });
        HashSet<string> names = new(StringComparer.Ordinal);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = ReadKey(ref reader);
            if (!names.Add(name))
            {
                throw WeightsError.Damaged(_file, $"its header names {WeightsError.Quote(name)} twice");
            }

            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw WeightsError.Damaged(
                    _file, $"{WeightsError.Quote(name)} in its header must be an object, not {Describe(reader.TokenType)}");
            }

            if (name == MetadataKey)
            {
                ReadMetadata(ref reader);
            }
            else
            {
                WeightsLimits.CheckCount(_entries.Count + 1L, json.Length, _file);
                _entries.Add(ReadEntry(ref reader, name));
            }
        }

        // Anything but white space after the object is a JsonException here.
        reader.Read();
    }

    private string ReadKey(ref Utf8JsonReader reader) => reader.ValueSpan.Length <= WeightsLimits.MaximumNameLength
        ? reader.GetString()!
        : throw WeightsError.Damaged(
            _file, $"its header has a name of {reader.ValueSpan.Length} bytes; {WeightsLimits.MaximumNameLength} are allowed");

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        long length = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = ReadKey(ref reader);
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
            {
                throw WeightsError.Damaged(
                    _file, $"the metadata {WeightsError.Quote(key)} must be a string, not {Describe(reader.TokenType)}");
            }

            length += reader.ValueSpan.Length;
            if (length > MaximumMetadataLength)
            {
                throw WeightsError.Damaged(_file, $"its metadata takes more than the {MaximumMetadataLength} bytes that are allowed");
            }

            if (!_metadata.TryAdd(key, reader.GetString()!))
            {
                throw WeightsError.Damaged(_file, $"its metadata names {WeightsError.Quote(key)} twice");
            }
        }
    }

    private WeightsEntry ReadEntry(ref Utf8JsonReader reader, string name)
    {
        ScalarType? type = null;
        List<long>? shape = null;
        List<long>? offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = ReadKey(ref reader);
            reader.Read();
            if (key == "dtype" && type is null)
            {
                type = ReadType(ref reader, name);
            }
            else if (key == "shape" && shape is null)
            {
                shape = ReadExtents(ref reader, name, key, ElementSize.MaximumDimensions);
            }
            else if (key == "data_offsets" && offsets is null)
            {
                offsets = ReadExtents(ref reader, name, key, 2);
            }
            else if (key is "dtype" or "shape" or "data_offsets")
            {
                throw WeightsError.Damaged(_file, $"the tensor {WeightsError.Quote(name)} states its {key} twice");
            }
            else
            {
                reader.Skip();
            }
        }

        if (type is null || shape is null || offsets is not [long begin, long end])
        {
            string missing = type is null ? "dtype" : shape is null ? "shape" : "data_offsets";
            throw WeightsError.Damaged(_file, $"the tensor {WeightsError.Quote(name)} has no valid {missing}");
        }

        CheckSize(name, type.Value, shape, begin, end);
        return new WeightsEntry(name, type.Value, shape.AsReadOnly()) { Offset = begin };
    }

    private ScalarType ReadType(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            throw WeightsError.Damaged(
                _file, $"the dtype of the tensor {WeightsError.Quote(name)} must be a string, not {Describe(reader.TokenType)}");
        }

        string text = reader.GetString()!;
        return SafetensorsType.TryParse(text, out ScalarType type)
            ? type
            : throw WeightsError.Damaged(
                _file,
                $"the tensor {WeightsError.Quote(name)} has the dtype {WeightsError.Quote(text)}; supported are {SafetensorsType.Names}");
    }

    private List<long> ReadExtents(ref Utf8JsonReader reader, string name, string key, int limit)
    {
        List<long> values = [];
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw WeightsError.Damaged(
                _file, $"the {key} of the tensor {WeightsError.Quote(name)} must be an array, not {Describe(reader.TokenType)}");
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long value) || value < 0)
            {
                throw WeightsError.Damaged(
                    _file, $"the {key} of the tensor {WeightsError.Quote(name)} must hold whole numbers of 0 to 2^63 - 1");
            }

            if (values.Count == limit)
            {
                throw WeightsError.Damaged(_file, $"the {key} of the tensor {WeightsError.Quote(name)} holds more than {limit} numbers");
            }

            values.Add(value);
        }

        return values;
    }

    private void CheckSize(string name, ScalarType type, List<long> shape, long begin, long end)
    {
        if (!ElementSize.TryGetByteLength(type, shape, out long bytes))
        {
            throw WeightsError.Damaged(
                _file, $"the shape {WeightsError.Format(shape)} of the tensor {WeightsError.Quote(name)} is too large");
        }

        if (begin > end)
        {
            throw WeightsError.Damaged(_file, $"the tensor {WeightsError.Quote(name)} begins at byte {begin}, after its end at {end}");
        }

        if (end - begin != bytes)
        {
            throw WeightsError.Damaged(
                _file,
                $"the tensor {WeightsError.Quote(name)} of shape {WeightsError.Format(shape)} needs {bytes} bytes, but has the "
                + $"{end - begin} bytes {begin} to {end}");
        }
    }

    private void CheckLayout()
    {
        // Ordered by their ends too, so that an empty tensor comes before the one that starts at the same byte.
        _entries.Sort((left, right) => (left.Offset, left.ByteLength, left.Name).CompareTo((right.Offset, right.ByteLength, right.Name)));
        long position = 0;
        WeightsEntry? before = null;
        foreach (WeightsEntry entry in _entries)
        {
            if (entry.Offset != position)
            {
                string fault = entry.Offset < position ? "overlaps" : "leaves a gap to";
                throw WeightsError.Damaged(
                    _file,
                    $"the tensor {WeightsError.Quote(entry.Name)} at byte {entry.Offset} {fault} "
                    + $"{(before is null ? "the header" : WeightsError.Quote(before.Name))}, which ends at {position}");
            }

            position += entry.ByteLength;
            before = entry;
        }

        DataLength = position;
    }

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

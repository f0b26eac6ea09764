using System.Runtime.InteropServices;
using Google.Protobuf;
using Microsoft.Win32.SafeHandles;
using Road.Torch.Onnx.Format;
using static TorchSharp.torch;

namespace Road.Torch.Weights.Onnx;

/// <summary>
/// An ONNX model (https://onnx.ai): a Protocol Buffers message whose graph has initialisers, which are the weights. Beside a
/// description of each, memory is taken for those of 16 bits that are written as numbers of variable length, at most twice
/// the file's length together; all others are read from where they lie.
/// </summary>
internal sealed class OnnxLayout
{
    /// <summary>How a model begins: the field of its version, a number of variable length.</summary>
    public const byte FirstByte = ModelProto.IrVersionFieldNumber << 3;

    // What comes before the graph: versions, the producer's names and texts.
    private const int MaximumFieldsBefore = 64;

    private const long MaximumMetadataLength = 1 << 22;

    // What a pair takes beside its text.
    private const long MetadataPairLength = 64;

    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private readonly List<WeightsEntry> _entries = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly List<(ProtobufField Values, int Length)> _coded = [];
    private readonly long _length;
    private readonly WeightsReader _part;
    private readonly ProtobufReader _reader;
    private long _codedLength;
    private long _metadataLength;

    private OnnxLayout(SafeFileHandle handle, string file)
    {
        _length = RandomAccess.GetLength(handle);
        _part = new WeightsReader(handle, 0, _length, file, "it");
        _reader = new ProtobufReader(_part);
    }

    /// <summary>
    /// Whether a file begins as a model: with its version, then fields that a model has up to a graph that begins as one. No
    /// header of safetensors does so, since the upper half of its length is 0, and no names of TorchSharp's but unheard-of ones.
    /// </summary>
    /// <param name="handle">The file.</param>
    /// <param name="file">The file's name, for messages.</param>
    public static bool IsModel(SafeFileHandle handle, string file)
    {
        try
        {
            // A model that was cut is still one, so that lengths beyond the file's are none of the concern here.
            ProtobufReader reader = new(new WeightsReader(handle, 0, RandomAccess.GetLength(handle), file, "it"));
            for (int i = 0; i < MaximumFieldsBefore && reader.TryReadField(long.MaxValue, out ProtobufField field); i++)
            {
                bool isNumber = field.Type == WireFormat.WireType.Varint;
                if (!IsOfModel(field.Number, isNumber) || (i == 0) != (field.Number == ModelProto.IrVersionFieldNumber))
                {
                    return false;
                }

                if (field.Number == ModelProto.GraphFieldNumber)
                {
                    return reader.TryReadField(field.End, out ProtobufField inner) && IsOfGraph(inner);
                }

                reader.Pass(field);
            }

            return false;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>Whether the format knows a field of a model, of that form, that may come before the graph.</summary>
    private static bool IsOfModel(int number, bool isNumber) =>
        isNumber ? number is ModelProto.IrVersionFieldNumber or 5 : number is (>= 2 and <= 8 and not 5) or 14 or 20 or 25 or 26;

    private static bool IsOfGraph(ProtobufField field) =>
        field.Type == WireFormat.WireType.LengthDelimited && field.Number is 1 or 2 or 5 or (>= 10 and <= 16);

    /// <summary>Reads where the tensors of a model lie.</summary>
    /// <exception cref="InvalidDataException">The model is damaged, has no weights, or has them in another file.</exception>
    public static OnnxContent Read(SafeFileHandle handle, string file)
    {
        OnnxLayout layout = new(handle, file);
        layout.ReadModel();
        return new OnnxContent(layout._length, layout._entries, layout._metadata, layout.Decode(handle, file));
    }

    private void ReadModel()
    {
        bool hasOperators = false;
        while (_reader.TryReadField(_length, out ProtobufField field))
        {
            switch (field.Number)
            {
                case ModelProto.GraphFieldNumber:
                    ReadGraph(_reader.Enter(field));
                    break;
                case ModelProto.OpsetImportFieldNumber:
                    hasOperators = true;
                    break;
                case ModelProto.MetadataPropsFieldNumber:
                    ReadMetadata(_reader.Enter(field));
                    break;
            }

            _reader.Pass(field);
        }

        if (!hasOperators)
        {
            throw _reader.Damaged("is an ONNX model that names no set of operators, as every one does at its end: it was cut");
        }

        if (_entries.Count == 0)
        {
            throw _reader.Damaged("is an ONNX model whose graph holds no tensors of float, float16, bfloat16 or double");
        }
    }

    private void ReadGraph(long end)
    {
        while (_reader.TryReadField(end, out ProtobufField field))
        {
            if (field.Number == GraphProto.InitializerFieldNumber)
            {
                _part.Part = "an initialiser of its graph";
                Add(OnnxTensor.Read(_reader, _reader.Enter(field)));
                _part.Part = "it";
            }

            _reader.Pass(field);
        }
    }

    /// <summary>Adds a tensor once it is checked; what is of whole numbers belongs to the graph and is left out.</summary>
    private void Add(OnnxTensor tensor)
    {
        if (tensor.Type is not { } type)
        {
            return;
        }

        if (tensor.Name.Length == 0)
        {
            throw _reader.Damaged("has no name");
        }

        _part.Part = $"the tensor {WeightsError.Quote(tensor.Name)}";
        if (!_names.Add(tensor.Name))
        {
            throw _reader.Damaged("is there twice");
        }

        if (tensor.IsExternal)
        {
            throw _reader.Damaged(
                "is in another file (external data), and no file but the model's is read: save the model with its weights inside");
        }

        WeightsLimits.CheckCount(_entries.Count + 1L, _length, _part.File);
        if (tensor.Shape.Any(long.IsNegative) || !ElementSize.TryGetByteLength(type, tensor.Shape, out long bytes))
        {
            throw _reader.Damaged($"has the shape {WeightsError.Format(tensor.Shape)}, which is too large or negative");
        }

        _entries.Add(new WeightsEntry(tensor.Name, type, tensor.Shape) { Offset = Locate(tensor, type, bytes) });
    }

    /// <summary>Gives the offset of a tensor's numbers, after checking that they are all there.</summary>
    private long Locate(OnnxTensor tensor, ScalarType type, long bytes)
    {
        if (tensor.IsSplit)
        {
            throw _reader.Damaged("has its numbers in several fields");
        }

        if (tensor.Values is not { } values)
        {
            return bytes == 0 ? 0 : throw WrongLength(0);
        }

        int typed = type switch
        {
            ScalarType.Float32 => TensorProto.FloatDataFieldNumber,
            ScalarType.Float64 => TensorProto.DoubleDataFieldNumber,
            _ => TensorProto.Int32DataFieldNumber,
        };
        if (values.Type != WireFormat.WireType.LengthDelimited
            || (values.Number != typed && values.Number != TensorProto.RawDataFieldNumber))
        {
            throw _reader.Damaged($"of {type} has its numbers in the field {values.Number}, or one by one, where they do not belong");
        }

        if (values.Number != TensorProto.Int32DataFieldNumber)
        {
            return values.Length == bytes ? values.Start : throw WrongLength(values.Length);
        }

        // A number takes a byte or more, so that what is taken for them is bounded by what is there.
        long count = bytes / sizeof(ushort);
        if (count == 0 || count > values.Length || bytes > Array.MaxLength)
        {
            throw WrongLength(values.Length);
        }

        _coded.Add((values, (int)bytes));
        _codedLength += bytes;
        return _length + _codedLength - bytes;

        InvalidDataException WrongLength(long length) => _reader.Damaged(
            $"of shape {WeightsError.Format(tensor.Shape)} and {type} takes {bytes} bytes, which do not go with the {length} that are "
            + "there");
    }

    private void ReadMetadata(long end)
    {
        string key = string.Empty;
        string value = string.Empty;
        while (_reader.TryReadField(end, out ProtobufField field))
        {
            if (field.Number is StringStringEntryProto.KeyFieldNumber or StringStringEntryProto.ValueFieldNumber)
            {
                _metadataLength += field.Length + MetadataPairLength;
                if (_metadataLength > MaximumMetadataLength)
                {
                    throw _reader.Damaged($"has metadata of more than the {MaximumMetadataLength} bytes that are allowed");
                }

                string text = _reader.ReadText(field, MaximumMetadataLength);
                (key, value) = field.Number == StringStringEntryProto.KeyFieldNumber ? (text, value) : (key, text);
            }

            _reader.Pass(field);
        }

        if (!_metadata.TryAdd(key, value))
        {
            throw _reader.Damaged($"has the metadata {WeightsError.Quote(key)} twice");
        }
    }

    /// <summary>Decodes the tensors of 16 bits that are written as numbers of variable length.</summary>
    private List<byte[]> Decode(SafeFileHandle handle, string file)
    {
        List<byte[]> decoded = [];
        WeightsReader part = new(handle, 0, _length, file, "it");
        ProtobufReader reader = new(part);
        foreach ((ProtobufField values, int length) in _coded)
        {
            part.Skip((ulong)(values.Start - part.Position));
            byte[] bytes = new byte[length];
            foreach (ref ushort element in MemoryMarshal.Cast<byte, ushort>(bytes.AsSpan()))
            {
                ulong bits = reader.ReadNumber(values.End);
                if (bits > ushort.MaxValue)
                {
                    throw reader.Damaged($"has a number before byte {part.Position} that is not the 16 bits of a float16 or bfloat16");
                }

                element = (ushort)bits;
            }

            if (part.Position != values.End)
            {
                throw reader.Damaged($"has more numbers in the field that ends at byte {values.End} than its tensor's shape says");
            }

            decoded.Add(bytes);
        }

        return decoded;
    }
}

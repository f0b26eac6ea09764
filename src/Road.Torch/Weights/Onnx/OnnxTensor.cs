using Road.Torch.Onnx.Format;
using static TorchSharp.torch;

namespace Road.Torch.Weights.Onnx;

/// <summary>An initialiser of a graph as the file describes it; only its fields' form is checked yet.</summary>
internal sealed class OnnxTensor
{
    private readonly List<long> _shape = [];

    private OnnxTensor()
    {
    }

    /// <summary>The name; empty where there is none.</summary>
    public string Name { get; private set; } = string.Empty;

    /// <summary>The element type; null for one that no weights have.</summary>
    public ScalarType? Type { get; private set; }

    /// <summary>The extents.</summary>
    public IReadOnlyList<long> Shape => _shape.AsReadOnly();

    /// <summary>The field of its numbers; null where no field holds any.</summary>
    public ProtobufField? Values { get; private set; }

    /// <summary>Whether several fields hold numbers.</summary>
    public bool IsSplit { get; private set; }

    /// <summary>Whether the numbers are in another file.</summary>
    public bool IsExternal { get; private set; }

    /// <summary>Reads the description, and passes the numbers over.</summary>
    /// <exception cref="InvalidDataException">It is malformed.</exception>
    public static OnnxTensor Read(ProtobufReader reader, long end)
    {
        OnnxTensor tensor = new();
        while (reader.TryReadField(end, out ProtobufField field))
        {
            tensor.Take(field, reader);
            reader.Pass(field);
        }

        return tensor;
    }

    private void Take(ProtobufField field, ProtobufReader reader)
    {
        switch (field.Number)
        {
            case TensorProto.DimsFieldNumber:
                TakeExtents(field, reader);
                break;
            case TensorProto.DataTypeFieldNumber:
                Type = ToElementType(reader.Number(field));
                break;
            case TensorProto.NameFieldNumber:
                Name = reader.ReadText(field, WeightsLimits.MaximumNameLength);
                break;
            case TensorProto.DataLocationFieldNumber:
                IsExternal = reader.Number(field) == (long)TensorProto.Types.DataLocation.External;
                break;
            case TensorProto.FloatDataFieldNumber or TensorProto.Int32DataFieldNumber or TensorProto.DoubleDataFieldNumber
                or TensorProto.RawDataFieldNumber when field.Length > 0:
                IsSplit |= Values is not null;
                Values = field;
                break;
        }
    }

    /// <summary>Takes one extent or several; both ways to write them are in use.</summary>
    private void TakeExtents(ProtobufField field, ProtobufReader reader)
    {
        if (field.Type == Google.Protobuf.WireFormat.WireType.Varint)
        {
            Add(reader.Number(field));
            return;
        }

        long end = reader.Enter(field);
        while (reader.Position < end)
        {
            Add((long)reader.ReadNumber(end));
        }

        void Add(long extent)
        {
            if (_shape.Count == ElementSize.MaximumDimensions)
            {
                throw reader.Damaged($"has an initialiser of more than {ElementSize.MaximumDimensions} dimensions");
            }

            _shape.Add(extent);
        }
    }

    private static ScalarType? ToElementType(long number) => (TensorProto.Types.DataType)number switch
    {
        TensorProto.Types.DataType.Float => ScalarType.Float32,
        TensorProto.Types.DataType.Float16 => ScalarType.Float16,
        TensorProto.Types.DataType.Double => ScalarType.Float64,
        TensorProto.Types.DataType.Bfloat16 => ScalarType.BFloat16,
        _ => null,
    };
}

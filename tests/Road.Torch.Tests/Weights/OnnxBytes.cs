using Google.Protobuf;
using Road.Torch.Onnx.Format;

namespace Road.Torch.Tests.Weights;

/// <summary>Builds ONNX models by hand, right or wrong.</summary>
internal static class OnnxBytes
{
    private const int Varint = 0;
    private const int LengthDelimited = 2;

    /// <summary>A model of initialisers.</summary>
    public static byte[] Create(params IEnumerable<TensorProto> initializers) =>
        Create([.. initializers.Select(static initializer => initializer.ToByteArray())]);

    /// <summary>A model whose initialisers are these bytes, whatever they are.</summary>
    public static byte[] Create(params byte[][] initializers) =>
        Model([.. initializers.SelectMany(static bytes => Field(GraphProto.InitializerFieldNumber, bytes))]);

    /// <summary>A model whose graph is these bytes, and metadata after it.</summary>
    public static byte[] Model(byte[] graph, params IEnumerable<KeyValuePair<string, string>> metadata) =>
    [
        .. Field(ModelProto.IrVersionFieldNumber, 8),
        .. Field(ModelProto.GraphFieldNumber, graph),
        .. Field(ModelProto.OpsetImportFieldNumber, Field(2, 17)),
        .. metadata.SelectMany(static pair => Field(
            ModelProto.MetadataPropsFieldNumber,
            new StringStringEntryProto { Key = pair.Key, Value = pair.Value }.ToByteArray())),
    ];

    /// <summary>An initialiser of float in the field of raw bytes.</summary>
    public static TensorProto Float(string name, long[] shape, params float[] values)
    {
        TensorProto tensor = new()
        {
            Name = name,
            DataType = TensorProto.Types.DataType.Float,
            RawData = ByteString.CopyFrom([.. values.SelectMany(BitConverter.GetBytes)]),
        };
        tensor.Dims.AddRange(shape);
        return tensor;
    }

    /// <summary>A number of variable length in a field.</summary>
    public static byte[] Field(int number, ulong value) => [.. Number(((ulong)number << 3) | Varint), .. Number(value)];

    /// <summary>A message, a text or bytes in a field.</summary>
    public static byte[] Field(int number, ReadOnlySpan<byte> content) =>
        [.. Number(((ulong)number << 3) | LengthDelimited), .. Number((ulong)content.Length), .. content];

    /// <summary>A number of variable length.</summary>
    public static byte[] Number(ulong value)
    {
        List<byte> bytes = [];
        for (; value > 0x7F; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        return [.. bytes, (byte)value];
    }
}

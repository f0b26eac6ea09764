using Google.Protobuf;

namespace Road.Torch.Weights.Onnx;

/// <summary>A field of a Protocol Buffers message, as <see cref="ProtobufReader"/> comes across it.</summary>
/// <param name="Number">The field's number.</param>
/// <param name="Type">How its value is written.</param>
/// <param name="Value">The value of one that is written as a number of variable length; 0 of others.</param>
/// <param name="Start">The first byte of its value in the file.</param>
/// <param name="End">One past the last byte of its value.</param>
internal readonly record struct ProtobufField(int Number, WireFormat.WireType Type, ulong Value, long Start, long End)
{
    /// <summary>The bytes of its value.</summary>
    public long Length => End - Start;
}

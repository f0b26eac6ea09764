using Google.Protobuf;
using Road.Torch.Onnx.Format;

namespace Road.Torch.Onnx;

/// <summary>A named constant of a node, such as a convolution's <c>strides</c>.</summary>
public sealed class OnnxAttribute
{
    private readonly AttributeProto _content;

    /// <summary>Creates an attribute that is an integer.</summary>
    /// <param name="name">The name that the operator's specification gives.</param>
    /// <param name="value">The value.</param>
    public OnnxAttribute(string name, long value)
        : this(name) => (_content.Type, _content.I) = (AttributeProto.Types.AttributeType.Int, value);

    /// <summary>Creates an attribute that is a <c>float32</c>.</summary>
    /// <param name="name">The name that the operator's specification gives.</param>
    /// <param name="value">The value.</param>
    public OnnxAttribute(string name, float value)
        : this(name) => (_content.Type, _content.F) = (AttributeProto.Types.AttributeType.Float, value);

    /// <summary>Creates an attribute that is a text.</summary>
    /// <param name="name">The name that the operator's specification gives.</param>
    /// <param name="value">The value.</param>
    public OnnxAttribute(string name, string value)
        : this(name)
    {
        ArgumentNullException.ThrowIfNull(value);
        (_content.Type, _content.S) = (AttributeProto.Types.AttributeType.String, ByteString.CopyFromUtf8(value));
    }

    /// <summary>Creates an attribute that is a list of integers.</summary>
    /// <param name="name">The name that the operator's specification gives.</param>
    /// <param name="values">The values.</param>
    public OnnxAttribute(string name, IEnumerable<long> values)
        : this(name)
    {
        ArgumentNullException.ThrowIfNull(values);
        _content.Type = AttributeProto.Types.AttributeType.Ints;
        _content.Ints.AddRange(values);
    }

    private OnnxAttribute(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        _content = new AttributeProto { Name = name };
    }

    /// <summary>The attribute as the file holds it.</summary>
    internal AttributeProto ToProto() => _content.Clone();
}

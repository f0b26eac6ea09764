using System.Globalization;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Road.Torch.Onnx.Format;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Onnx;

/// <summary>
/// A graph of ONNX operators (operator set <see cref="OperatorSet"/>) while it is built: each call adds nodes and gives
/// their result. Networks describe themselves with it, see <see cref="Networks.Backbone.ExportFeatures"/> and
/// <see cref="Networks.SegmentationNetwork.ExportClassifier"/>.
/// </summary>
public sealed class OnnxGraph
{
    /// <summary>The version of the standard operators that the graph is made of.</summary>
    public const int OperatorSet = 17;

    // A file of the format is one message, whose length is a signed 32-bit number; the nodes take less than the rest.
    private const long LargestWeights = int.MaxValue - (16L << 20);

    private readonly Dictionary<IntPtr, string> _weightNames = [];
    private readonly Dictionary<string, OnnxValue> _constants = new(StringComparer.Ordinal);
    private long _weightBytes;

    /// <summary>Starts an empty graph.</summary>
    /// <param name="network">The module whose weights keep their names in the graph.</param>
    internal OnnxGraph(nn.Module network)
    {
        Content = new GraphProto { Name = network.GetName() };
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in network.named_parameters())
        {
            _weightNames.TryAdd(parameter.Handle, name);
        }

        foreach ((string name, Tensor buffer) in network.named_buffers())
        {
            _weightNames.TryAdd(buffer.Handle, name);
        }
    }

    /// <summary>The graph as the file holds it.</summary>
    internal GraphProto Content { get; }

    /// <summary>Adds a node with one result.</summary>
    /// <param name="operatorType">The operator, such as <c>Conv</c>.</param>
    /// <param name="inputs">Its inputs, in the order of the operator's specification.</param>
    /// <param name="attributes">Its attributes; those left out have the specification's defaults.</param>
    /// <returns>The result.</returns>
    public OnnxValue Node(string operatorType, IReadOnlyList<OnnxValue> inputs, params IReadOnlyList<OnnxAttribute> attributes)
    {
        ArgumentException.ThrowIfNullOrEmpty(operatorType);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(attributes);
        NodeProto node = new()
        {
            Name = string.Create(CultureInfo.InvariantCulture, $"{operatorType}_{Content.Node.Count}"),
            OpType = operatorType,
        };
        node.Input.AddRange(inputs.Select(static input => input.Name));
        node.Output.Add(node.Name + "_output");
        node.Attribute.AddRange(attributes.Select(static attribute => attribute.ToProto()));
        Content.Node.Add(node);
        return new OnnxValue(node.Output[0]);
    }

    /// <summary>Adds what a module computes in evaluation mode.</summary>
    /// <param name="module">
    /// A convolution, transposed convolution, batch norm, ReLU, maximum or adaptive average pooling, dropout or identity, a
    /// sequence of such modules, or one that implements <see cref="IOnnxModule"/>.
    /// </param>
    /// <param name="input">The module's input.</param>
    /// <returns>The module's output.</returns>
    /// <exception cref="NotSupportedException">The module, or a setting of it, has no export; the message names it.</exception>
    public OnnxValue Apply(nn.Module<Tensor, Tensor> module, OnnxValue input)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(input);
        return OnnxModules.Apply(this, module, input);
    }

    /// <summary>Adds a weight: it keeps its name, and is written once however often it is used.</summary>
    /// <param name="tensor">The weight, of any floating-point type and on any device; the file holds it as <c>float32</c>.</param>
    /// <returns>The weight.</returns>
    /// <exception cref="NotSupportedException">The weights together are larger than the 2 GB that a file can hold.</exception>
    public OnnxValue Weight(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (!_weightNames.TryGetValue(tensor.Handle, out string? name))
        {
            name = string.Create(CultureInfo.InvariantCulture, $"weight_{Content.Initializer.Count}");
            _weightNames.Add(tensor.Handle, name);
        }

        if (_constants.TryGetValue(name, out OnnxValue? known))
        {
            return known;
        }

        _weightBytes += tensor.numel() * sizeof(float);
        if (_weightBytes > LargestWeights)
        {
            throw new NotSupportedException(
                $"The network '{Content.Name}' cannot be exported: an ONNX file holds at most 2 GB, and its weights take more.");
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor values = tensor.detach().to(ScalarType.Float32).cpu().contiguous();
        return Initializer(name, TensorProto.Types.DataType.Float, tensor.shape, values.bytes.ToArray());
    }

    /// <summary>Adds a vector of <c>int64</c> constants.</summary>
    /// <param name="values">The values.</param>
    /// <returns>The vector.</returns>
    public OnnxValue Integers(params IReadOnlyList<long> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        string name = "integers_" + string.Join('_', values.Select(static value => value.ToString(CultureInfo.InvariantCulture)));
        return _constants.TryGetValue(name, out OnnxValue? known)
            ? known
            : Initializer(name, TensorProto.Types.DataType.Int64, [values.Count], MemoryMarshal.AsBytes<long>([.. values]).ToArray());
    }

    /// <summary>Adds a tensor of <c>float32</c> constants.</summary>
    /// <param name="shape">The shape; none for a single number.</param>
    /// <param name="values">The values, row-major.</param>
    /// <returns>The tensor.</returns>
    public OnnxValue Floats(IReadOnlyList<long> shape, params IReadOnlyList<float> values)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(values);
        string name = string.Create(CultureInfo.InvariantCulture, $"floats_{Content.Initializer.Count}");
        return Initializer(name, TensorProto.Types.DataType.Float, shape, MemoryMarshal.AsBytes<float>([.. values]).ToArray());
    }

    /// <summary>Adds <c>max(x, 0)</c>.</summary>
    /// <param name="input">A tensor, <c>float32</c>.</param>
    /// <returns>A tensor of the same shape.</returns>
    public OnnxValue Relu(OnnxValue input) => Node("Relu", [input]);

    /// <summary>Adds a maximum over square windows.</summary>
    /// <param name="input">Maps, <c>N x C x H x W, float32</c>.</param>
    /// <param name="size">The window's side in steps of the map.</param>
    /// <param name="stride">The step from window to window.</param>
    /// <param name="padding">The rows and columns of padding on each side.</param>
    /// <param name="ceilMode">Whether a last window that does not fit whole counts too.</param>
    /// <returns>Maps, <c>N x C x h x w, float32</c>.</returns>
    public OnnxValue MaxPool(OnnxValue input, long size, long stride, long padding = 0, bool ceilMode = false) => Node(
        "MaxPool",
        [input],
        new("kernel_shape", [size, size]),
        new("strides", [stride, stride]),
        new("pads", [padding, padding, padding, padding]),
        new("ceil_mode", ceilMode ? 1 : 0));

    /// <summary>Adds the height and width of maps.</summary>
    /// <param name="maps">Maps, <c>N x C x H x W</c>.</param>
    /// <returns>A vector, <c>H, W</c>, <c>int64</c>.</returns>
    public OnnxValue Size(OnnxValue maps) => Node("Shape", [maps], new OnnxAttribute("start", 2), new OnnxAttribute("end", 4));

    /// <summary>Adds bilinear interpolation, as <c>torch.nn.functional.interpolate</c> does it.</summary>
    /// <param name="maps">Maps, <c>N x C x h x w, float32</c>.</param>
    /// <param name="size">The size wanted, a vector <c>H, W</c>, <c>int64</c>.</param>
    /// <param name="alignCorners">Whether the centres of the corner pixels coincide; otherwise the pixels' outer edges do.</param>
    /// <returns>Maps, <c>N x C x H x W, float32</c>.</returns>
    public OnnxValue Interpolate(OnnxValue maps, OnnxValue size, bool alignCorners)
    {
        OnnxValue leading = Node("Shape", [maps], new OnnxAttribute("start", 0), new OnnxAttribute("end", 2));
        OnnxValue sizes = Node("Concat", [leading, size], new OnnxAttribute("axis", 0));
        return Node(
            "Resize",
            [maps, Absent, Absent, sizes],
            new("mode", "linear"),
            new("coordinate_transformation_mode", alignCorners ? "align_corners" : "half_pixel"));
    }

    /// <summary>Adds a conversion to <c>float32</c>.</summary>
    internal OnnxValue Float(OnnxValue value) => Node("Cast", [value], new OnnxAttribute("to", (long)TensorProto.Types.DataType.Float));

    /// <summary>Adds a conversion to <c>float64</c>.</summary>
    internal OnnxValue Double(OnnxValue value) => Node("Cast", [value], new OnnxAttribute("to", (long)TensorProto.Types.DataType.Double));

    /// <summary>Adds the numbers from 0 to before a length, which is a vector of one element, <c>int64</c>.</summary>
    internal OnnxValue Positions(OnnxValue length)
    {
        return Node("Range", [Scalar(Integers(0)), Scalar(length), Scalar(Integers(1))]);

        OnnxValue Scalar(OnnxValue vector) => Node("Squeeze", [vector, Integers(0)]);
    }

    /// <summary>An input that is left out.</summary>
    private static OnnxValue Absent { get; } = new(string.Empty);

    private OnnxValue Initializer(string name, TensorProto.Types.DataType type, IReadOnlyList<long> shape, byte[] content)
    {
        TensorProto tensor = new() { Name = name, DataType = type, RawData = UnsafeByteOperations.UnsafeWrap(content) };
        tensor.Dims.AddRange(shape);
        Content.Initializer.Add(tensor);
        OnnxValue value = new(name);
        _constants.Add(name, value);
        return value;
    }
}

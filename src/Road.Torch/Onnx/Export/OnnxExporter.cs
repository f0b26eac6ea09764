using System.Reflection;
using System.Text.Json;
using Google.Protobuf;
using Road.Torch.Networks;
using Road.Torch.Onnx.Format;
using Road.Torch.Weights;
using static TorchSharp.torch;

namespace Road.Torch.Onnx;

/// <summary>
/// Writes a trained network as an ONNX model, which runs wherever ONNX Runtime does, without TorchSharp. The model goes
/// all the way from pixels to classes: normalisation, network, upsampling and the choice of the best class. Its input is
/// <c>image</c>, <c>N x 3 x H x W, float32</c>, RGB, 0 to 255; its output is <c>mask</c>, <c>N x H x W, uint8</c>, class
/// indices. N, H and W are free in each run.
/// </summary>
public static class OnnxExporter
{
    /// <summary>The name of the model's input.</summary>
    public const string InputName = "image";

    /// <summary>The name of the model's output.</summary>
    public const string OutputName = "mask";

    // The version of the format that came with the operator set.
    private const int FormatVersion = 8;

    /// <summary>Writes a network to a file: beside its place and then renamed, so that a failure leaves what was there before.</summary>
    /// <param name="network">The network; whatever its mode, the model computes as in evaluation.</param>
    /// <param name="path">The file to write; its folder must exist.</param>
    /// <param name="options">Normalisation, network size and names.</param>
    /// <exception cref="ArgumentException">The names or the palette do not fit the network's classes.</exception>
    /// <exception cref="NotSupportedException">
    /// The network does not describe itself (see <see cref="SegmentationNetwork.ExportClassifier"/>), or is larger than the 2 GB
    /// that a file can hold.
    /// </exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(SegmentationNetwork network, string path, OnnxExportOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string full = Path.GetFullPath(path);
        string folder = Path.GetDirectoryName(full) ?? full;
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"Cannot write the ONNX model '{path}': there is no folder '{folder}'.");
        }

        ModelProto model = Build(network, options);
        AtomicFile.Write(path, file => model.WriteTo(file));
    }

    /// <summary>Writes a network to a stream.</summary>
    /// <param name="network">The network; whatever its mode, the model computes as in evaluation.</param>
    /// <param name="stream">The stream to write to; it stays open.</param>
    /// <param name="options">Normalisation, network size and names.</param>
    /// <exception cref="ArgumentException">The names or the palette do not fit the network's classes.</exception>
    /// <exception cref="NotSupportedException">As for <see cref="Save(SegmentationNetwork, string, OnnxExportOptions)"/>.</exception>
    public static void Save(SegmentationNetwork network, Stream stream, OnnxExportOptions options)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Build(network, options).WriteTo(stream);
    }

    private static ModelProto Build(SegmentationNetwork network, OnnxExportOptions options)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(options);
        EnsureFits(options.ClassNames.Count, network.ClassCount, nameof(options.ClassNames));
        EnsureFits(options.Palette.Count, 3 * network.ClassCount, nameof(options.Palette));
        using IDisposable noGradient = no_grad();
        OnnxGraph graph = new(network);
        OnnxValue image = new(InputName);
        OnnxValue scaled = options.NetworkSize is { } size ? ImageScaling.Export(graph, image, size, options.ImageFit) : image;
        OnnxFeatures features = network.Backbone.ExportFeatures(graph, Normalize(graph, scaled, options.Normalization));
        OnnxValue last = graph.Node("Mul", [features.Last, graph.Weight(network.FeatureScale)]);
        OnnxValue logits = graph.Interpolate(
            network.ExportClassifier(graph, features with { Last = last }), graph.Size(image), alignCorners: false);
        OnnxValue best = graph.Node("ArgMax", [logits], new("axis", 1), new("keepdims", 0));
        NameResult(graph, graph.Node("Cast", [best], new OnnxAttribute("to", (long)TensorProto.Types.DataType.Uint8)));
        (TensorShapeProto.Types.Dimension batch, TensorShapeProto.Types.Dimension height, TensorShapeProto.Types.Dimension width) =
            options.ImageSize is { } one
                ? (Fixed(1), Fixed(one.Height), Fixed(one.Width))
                : (Named("batch"), Named("height"), Named("width"));
        graph.Content.Input.Add(
            Describe(InputName, "RGB, 0 to 255", TensorProto.Types.DataType.Float, batch, Fixed(3), height, width));
        graph.Content.Output.Add(Describe(OutputName, "class indices", TensorProto.Types.DataType.Uint8, batch, height, width));
        ModelProto model = new()
        {
            IrVersion = FormatVersion,
            ProducerName = "Road",
            ProducerVersion =
                typeof(OnnxExporter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
                    ?? string.Empty,
            DocString = $"Semantic segmentation: '{InputName}', N x 3 x H x W, RGB, 0 to 255, to '{OutputName}', N x H x W, class indices.",
            Graph = graph.Content,
        };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = OnnxGraph.OperatorSet });
        AddMetadata(model, network, options);
        return model;
    }

    private static OnnxValue Normalize(OnnxGraph graph, OnnxValue image, InputNormalization normalization)
    {
        (float[] scale, float[] shift) = normalization.Coefficients();
        OnnxValue planes = normalization.Channels == ChannelOrder.Bgr
            ? graph.Node("Gather", [image, graph.Integers(2, 1, 0)], new OnnxAttribute("axis", 1))
            : image;
        OnnxValue scaled = graph.Node("Mul", [planes, graph.Floats([1, 3, 1, 1], scale)]);
        return graph.Node("Add", [scaled, graph.Floats([1, 3, 1, 1], shift)]);
    }

    private static void AddMetadata(ModelProto model, SegmentationNetwork network, OnnxExportOptions options)
    {
        Add("network", network.GetName());
        Add("classes", JsonSerializer.Serialize(options.ClassNames));
        Add("palette", JsonSerializer.Serialize(options.Palette.Select(static value => (int)value)));

        // What the graph does to the pixels itself, as a weights file states it.
        foreach ((string key, string value) in options.Normalization.ToMetadata())
        {
            Add(InputMetadata.NetworkPrefix + key, value);
        }

        if (options.NetworkSize is { } size)
        {
            Add("network.size", size.ToString());
            Add("network.fit", JsonNamingPolicy.KebabCaseLower.ConvertName(options.ImageFit.ToString()));
        }

        void Add(string key, string value) => model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
    }

    private static void NameResult(OnnxGraph graph, OnnxValue result) =>
        graph.Content.Node.Single(node => node.Output[0] == result.Name).Output[0] = OutputName;

    private static ValueInfoProto Describe(
        string name, string description, TensorProto.Types.DataType type, params ReadOnlySpan<TensorShapeProto.Types.Dimension> dimensions)
    {
        TensorShapeProto shape = new();
        shape.Dim.AddRange([.. dimensions]);
        return new ValueInfoProto
        {
            Name = name,
            DocString = description,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = type, Shape = shape } },
        };
    }

    private static TensorShapeProto.Types.Dimension Named(string name) => new() { DimParam = name };

    private static TensorShapeProto.Types.Dimension Fixed(long size) => new() { DimValue = size };

    private static void EnsureFits(int count, int expected, string property)
    {
        if (count != 0 && count != expected)
        {
            throw new ArgumentException($"{property} has {count} elements; the network's classes need {expected}, or none.", property);
        }
    }
}

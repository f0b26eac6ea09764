namespace Road.Torch.Onnx;

/// <summary>A tensor of a graph that an <see cref="OnnxGraph"/> builds: an input, a weight or a node's result.</summary>
public sealed class OnnxValue
{
    internal OnnxValue(string name) => Name = name;

    /// <summary>The tensor's name in the graph.</summary>
    public string Name { get; }
}

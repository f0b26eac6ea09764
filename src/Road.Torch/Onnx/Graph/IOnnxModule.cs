using TorchSharp;

namespace Road.Torch.Onnx;

/// <summary>
/// A module of one tensor in and one tensor out that describes what it computes in evaluation mode, so that
/// <see cref="OnnxGraph.Apply"/> can export it. A block of layers of a network of your own implements it.
/// </summary>
public interface IOnnxModule
{
    /// <summary>Adds the module's computation to a graph.</summary>
    /// <param name="graph">The graph to add to.</param>
    /// <param name="input">What <see cref="torch.nn.Module{T, TResult}.forward"/> takes.</param>
    /// <returns>What it gives.</returns>
    OnnxValue Export(OnnxGraph graph, OnnxValue input);
}

using static TorchSharp.torch;

namespace Road.Torch.Weights;

/// <summary>One tensor of a safetensors file, as its header describes it.</summary>
/// <param name="Name">The tensor's name, unique in the file.</param>
/// <param name="Type">The stored element type.</param>
/// <param name="Shape">The extent of each dimension, outermost first; empty for a scalar.</param>
public sealed record SafetensorsEntry(string Name, ScalarType Type, IReadOnlyList<long> Shape)
{
    /// <summary>The number of elements: the product of <see cref="Shape"/>.</summary>
    public long ElementCount { get; } = Shape.Aggregate(1L, (product, extent) => product * extent);

    /// <summary>Where the tensor's bytes begin, counted from the end of the header.</summary>
    internal long Begin { get; init; }

    /// <summary>One past the tensor's last byte, counted from the end of the header.</summary>
    internal long End { get; init; }
}

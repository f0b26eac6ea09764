using static TorchSharp.torch;

namespace Road.Torch.Weights;

/// <summary>One tensor of a weights file, as the file describes it.</summary>
/// <param name="Name">The tensor's name, unique in the file.</param>
/// <param name="Type">The stored element type.</param>
/// <param name="Shape">The extent of each dimension, outermost first; empty for a scalar.</param>
public sealed record WeightsEntry(string Name, ScalarType Type, IReadOnlyList<long> Shape)
{
    /// <summary>The number of elements: the product of <see cref="Shape"/>.</summary>
    public long ElementCount { get; } = Shape.Aggregate(1L, (product, extent) => product * extent);

    /// <summary>Where the tensor's first element begins in the file's data, in bytes.</summary>
    internal long Offset { get; init; }

    /// <summary>The elements between neighbours along each dimension; null for a contiguous tensor.</summary>
    internal IReadOnlyList<long>? Strides { get; init; }

    /// <summary>The bytes that the elements take together.</summary>
    internal long ByteLength => ElementCount * ElementSize.Of(Type);
}

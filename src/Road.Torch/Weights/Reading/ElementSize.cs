using static TorchSharp.torch;

namespace Road.Torch.Weights;

/// <summary>The bytes that tensors take, for the element types that weights files may hold.</summary>
internal static class ElementSize
{
    /// <summary>libtorch's own limit on what its element-wise kernels iterate over.</summary>
    public const int MaximumDimensions = 64;

    /// <summary>The bytes of one element.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The type is none that a weights file may hold.</exception>
    public static int Of(ScalarType type) => type switch
    {
        ScalarType.Byte or ScalarType.Int8 or ScalarType.Bool => 1,
        ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Int16 => 2,
        ScalarType.Float32 or ScalarType.Int32 => 4,
        ScalarType.Float64 or ScalarType.Int64 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "The type has no place in a weights file."),
    };

    /// <summary>The bytes of a contiguous tensor; false where they, or the strides, would not fit 63 bits.</summary>
    public static bool TryGetByteLength(ScalarType type, IReadOnlyList<long> shape, out long bytes)
    {
        // An extent of 0 empties the tensor but must not hide an overflow of the others, which libtorch's strides meet.
        UInt128 size = (UInt128)Of(type);
        bytes = 0;
        foreach (long extent in shape)
        {
            size *= (UInt128)Math.Max(extent, 1);
            if (size > long.MaxValue)
            {
                return false;
            }
        }

        bytes = shape.Contains(0) ? 0 : (long)size;
        return true;
    }
}

using static TorchSharp.torch;

namespace Road.Torch.Weights;

/// <summary>How a strided tensor lies in its storage.</summary>
internal static class TensorLayout
{
    /// <summary>The elements of the storage from the tensor's first to its last.</summary>
    /// <param name="shape">The extents, none of them 0.</param>
    /// <param name="strides">As many strides, checked by <see cref="TryCountSpan"/>.</param>
    public static long CountSpan(IReadOnlyList<long> shape, IReadOnlyList<long> strides) =>
        1 + shape.Zip(strides, (extent, stride) => (extent - 1) * stride).Sum();

    /// <summary>As <see cref="CountSpan"/>, of any extents and strides that are not negative; 0 for an empty tensor.</summary>
    /// <returns>False where the count exceeds 63 bits.</returns>
    public static bool TryCountSpan(long[] shape, long[] strides, out long span)
    {
        span = 0;
        if (shape.Contains(0))
        {
            return true;
        }

        UInt128 total = 1;
        for (int i = 0; i < shape.Length; i++)
        {
            total += (UInt128)(shape[i] - 1) * (UInt128)strides[i];
            if (total > long.MaxValue)
            {
                return false;
            }
        }

        span = (long)total;
        return true;
    }

    /// <summary>Whether the elements lie one after another, outermost dimension first.</summary>
    public static bool IsContiguous(long[] shape, long[] strides)
    {
        long expected = 1;
        for (int i = shape.Length - 1; i >= 0; i--)
        {
            if (shape[i] == 0)
            {
                return true;
            }

            if (shape[i] != 1 && strides[i] != expected)
            {
                return false;
            }

            expected = unchecked(expected * shape[i]);
        }

        return true;
    }

    /// <summary>Describes a tensor of a storage, after checking that it lies inside it.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <param name="type">The element type.</param>
    /// <param name="shape">The extents.</param>
    /// <param name="strides">The strides, in elements.</param>
    /// <param name="first">The tensor's first element, counted along the storage.</param>
    /// <param name="storageStart">The storage's first byte in the file.</param>
    /// <param name="storageCount">The storage's length, in elements.</param>
    /// <param name="fileLength">The file's length in bytes, which no tensor may exceed by repeating elements.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <exception cref="InvalidDataException">The tensor is malformed or reaches past its storage.</exception>
    public static WeightsEntry Describe(
        string name,
        ScalarType type,
        long[] shape,
        long[] strides,
        long first,
        long storageStart,
        long storageCount,
        long fileLength,
        string file)
    {
        string text =
            $"the tensor {WeightsError.Quote(name)} of shape {WeightsError.Format(shape)}, strides {WeightsError.Format(strides)} and "
            + $"offset {first}";
        if (shape.Length != strides.Length || shape.Any(long.IsNegative) || strides.Any(long.IsNegative) || first < 0)
        {
            throw WeightsError.Damaged(file, $"{text} is malformed");
        }

        if (!ElementSize.TryGetByteLength(type, shape, out long bytes) || !TryCountSpan(shape, strides, out long span))
        {
            throw WeightsError.Damaged(file, $"{text} is too large");
        }

        if (first > storageCount || span > storageCount - first)
        {
            throw WeightsError.Damaged(file, $"{text} reaches outside its storage of {storageCount} elements");
        }

        if (bytes > fileLength)
        {
            throw WeightsError.Damaged(file, $"{text} takes {bytes} bytes, more than the file's {fileLength}");
        }

        return new WeightsEntry(name, type, Array.AsReadOnly(shape))
        {
            Offset = storageStart + (first * ElementSize.Of(type)),
            Strides = IsContiguous(shape, strides) ? null : Array.AsReadOnly(strides),
        };
    }
}

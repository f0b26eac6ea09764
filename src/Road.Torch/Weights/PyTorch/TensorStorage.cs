using static TorchSharp.torch;

namespace Road.Torch.Weights.PyTorch;

/// <summary>A storage that a pickle refers to, or a view of one, in elements of its type.</summary>
/// <param name="Key">Its key in the file.</param>
/// <param name="Type">Its element type.</param>
/// <param name="Count">The whole storage's length.</param>
/// <param name="ViewOffset">The view's first element; 0 without a view.</param>
/// <param name="ViewCount">The view's length; <paramref name="Count"/> without a view.</param>
internal sealed record TensorStorage(string Key, ScalarType Type, long Count, long ViewOffset, long ViewCount);

namespace Road.Torch.Weights.PyTorch;

/// <summary>A tensor as a pickle rebuilds it; nothing of it is checked yet.</summary>
/// <param name="Storage">Where its elements lie.</param>
/// <param name="Offset">Its first element, counted along the storage.</param>
/// <param name="Shape">Its extents.</param>
/// <param name="Strides">Its strides, in elements.</param>
internal sealed record TensorView(TensorStorage Storage, long Offset, object?[] Shape, object?[] Strides);

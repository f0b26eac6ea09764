namespace Road.Torch.Weights.PyTorch;

/// <summary>What a known global of a pickle stands for.</summary>
internal enum PickleGlobalKind
{
    /// <summary><c>collections.OrderedDict</c>.</summary>
    OrderedDictionary,

    /// <summary><c>torch._utils._rebuild_tensor(storage, offset, shape, strides)</c>.</summary>
    RebuildTensor,

    /// <summary>The same with <c>requires_grad</c>, hooks and, at times, metadata behind.</summary>
    RebuildTensorV2,

    /// <summary><c>torch._utils._rebuild_parameter(tensor, requires_grad, hooks)</c>.</summary>
    RebuildParameter,

    /// <summary><c>set(items)</c> or <c>frozenset(items)</c>, which have no instruction of their own before protocol 4.</summary>
    Set,

    /// <summary><c>torch.Size(extents)</c>.</summary>
    Size,

    /// <summary>A storage's type, such as <c>torch.FloatStorage</c>.</summary>
    Storage,
}

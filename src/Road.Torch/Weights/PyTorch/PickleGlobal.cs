using static TorchSharp.torch;

namespace Road.Torch.Weights.PyTorch;

/// <summary>One of the few globals that a pickle may name. Every other is refused; none is ever run.</summary>
/// <param name="Kind">What it stands for.</param>
/// <param name="Type">The element type of a storage's global.</param>
internal sealed record PickleGlobal(PickleGlobalKind Kind, ScalarType Type = default)
{
    private static readonly Dictionary<(string Module, string Name), PickleGlobal> Known = new()
    {
        [("collections", "OrderedDict")] = new(PickleGlobalKind.OrderedDictionary),
        [("torch._utils", "_rebuild_tensor")] = new(PickleGlobalKind.RebuildTensor),
        [("torch._utils", "_rebuild_tensor_v2")] = new(PickleGlobalKind.RebuildTensorV2),
        [("torch._utils", "_rebuild_parameter")] = new(PickleGlobalKind.RebuildParameter),
        [("builtins", "set")] = new(PickleGlobalKind.Set),
        [("builtins", "frozenset")] = new(PickleGlobalKind.Set),
        [("__builtin__", "set")] = new(PickleGlobalKind.Set),
        [("__builtin__", "frozenset")] = new(PickleGlobalKind.Set),
        [("torch", "Size")] = new(PickleGlobalKind.Size),
    };

    private static readonly Dictionary<string, ScalarType> Storages = new(StringComparer.Ordinal)
    {
        ["DoubleStorage"] = ScalarType.Float64,
        ["FloatStorage"] = ScalarType.Float32,
        ["HalfStorage"] = ScalarType.Float16,
        ["BFloat16Storage"] = ScalarType.BFloat16,
        ["LongStorage"] = ScalarType.Int64,
        ["IntStorage"] = ScalarType.Int32,
        ["ShortStorage"] = ScalarType.Int16,
        ["CharStorage"] = ScalarType.Int8,
        ["ByteStorage"] = ScalarType.Byte,
        ["BoolStorage"] = ScalarType.Bool,
    };

    /// <summary>Finds a global; null where it is not one of the known.</summary>
    public static PickleGlobal? Find(string module, string name)
    {
        if (Known.TryGetValue((module, name), out PickleGlobal? global))
        {
            return global;
        }

        return module is "torch" or "torch.cuda" && Storages.TryGetValue(name, out ScalarType type)
            ? new PickleGlobal(PickleGlobalKind.Storage, type)
            : null;
    }
}

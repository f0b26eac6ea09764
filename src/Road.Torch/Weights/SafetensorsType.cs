using System.Diagnostics.CodeAnalysis;
using static TorchSharp.torch;

namespace Road.Torch.Weights;

/// <summary>The element types that safetensors and torch share.</summary>
internal static class SafetensorsType
{
    private static readonly (string Name, ScalarType Type)[] All =
    [
        ("F64", ScalarType.Float64),
        ("F32", ScalarType.Float32),
        ("F16", ScalarType.Float16),
        ("BF16", ScalarType.BFloat16),
        ("I64", ScalarType.Int64),
        ("I32", ScalarType.Int32),
        ("I16", ScalarType.Int16),
        ("I8", ScalarType.Int8),
        ("U8", ScalarType.Byte),
        ("BOOL", ScalarType.Bool),
    ];

    /// <summary>The names of the supported types, for messages.</summary>
    public static string Names { get; } = string.Join(", ", All.Select(entry => entry.Name));

    /// <summary>Finds the torch type of a safetensors type name.</summary>
    public static bool TryParse(string name, out ScalarType type)
    {
        int index = Array.FindIndex(All, entry => entry.Name == name);
        type = index < 0 ? default : All[index].Type;
        return index >= 0;
    }

    /// <summary>Finds the safetensors name of a torch type.</summary>
    public static bool TryGetName(ScalarType type, [NotNullWhen(true)] out string? name)
    {
        int index = Array.FindIndex(All, entry => entry.Type == type);
        name = index < 0 ? null : All[index].Name;
        return index >= 0;
    }
}

using Road.Reliability.Fuzzing.Kinds;

namespace Road.Reliability.Fuzzing;

/// <summary>All kinds of file, with their share of a mixed run.</summary>
internal static class FuzzKinds
{
    private static readonly (string Name, int Share, Func<string, FuzzKind> Create)[] All =
    [
        (ModelKind.KindName, 20, static folder => new ModelKind(folder)),
        (CheckpointKind.KindName, 5, static folder => new CheckpointKind(folder)),
        (SafetensorsKind.KindName, 20, static folder => new SafetensorsKind(folder)),
        (TensorFileKind.PyTorchName, 15, static _ => TensorFileKind.PyTorch()),
        (TensorFileKind.OnnxName, 5, static _ => TensorFileKind.Onnx()),
        (LabelPngKind.KindName, 15, static _ => new LabelPngKind()),
        (ImageKind.KindName, 10, static folder => new ImageKind(folder)),
        (ClassesKind.KindName, 10, static _ => new ClassesKind()),
        (ExperimentKind.KindName, 5, static _ => new ExperimentKind()),
    ];

    /// <summary>The kinds' names.</summary>
    public static string[] Names => [.. All.Select(static kind => kind.Name)];

    /// <summary>How many of so many mutations fall to a kind.</summary>
    public static int Share(string name, int count) =>
        Math.Max(1, (int)((long)count * All.Single(kind => kind.Name == name).Share / All.Sum(static kind => kind.Share)));

    /// <summary>Makes a kind's sound files.</summary>
    public static FuzzKind Create(string name, string folder) => All.Single(kind => kind.Name == name).Create(folder);
}

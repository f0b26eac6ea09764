using Road.Torch;
using Road.Torch.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Reliability.Fuzzing.Kinds;

/// <summary>Weights as other programs write them, loaded into a module that the sound file fits.</summary>
internal sealed class TensorFileKind : FuzzKind
{
    public const string PyTorchName = "pth";
    public const string OnnxName = "onnx";
    private readonly Dictionary<string, (EntryModule Module, string[] Infinite)> _modules = [];

    private TensorFileKind(string name, params string[] files)
        : base(name)
    {
        TorchRuntime.EnsureAvailable();
        Seeds = [.. files.Select(static name => new FuzzSeed(
            name,
            File.ReadAllBytes(Sound(name)),
            name.StartsWith("zip", StringComparison.Ordinal) ? FuzzForm.Zip : FuzzForm.Bytes))];
    }

    /// <summary>PyTorch's files, zipped and older.</summary>
    public static TensorFileKind PyTorch() => new(
        PyTorchName,
        "zip-model.pt",
        "zip-protocol2.pt",
        "zip-protocol4.pt",
        "legacy-protocol1.pth",
        "legacy-protocol4.pth",
        "legacy-views.pth");

    /// <summary>ONNX models.</summary>
    public static TensorFileKind Onnx() => new(OnnxName, "onnx-types.onnx");

    public override string? Use(FuzzSeed seed, string path)
    {
        if (!_modules.TryGetValue(seed.Name, out (EntryModule Module, string[] Infinite) sound))
        {
            _modules[seed.Name] = sound = Load(seed.Name);
        }

        using DisposeScope scope = NewDisposeScope();
        using WeightsFile file = WeightsFile.Open(path);
        WeightsLoader.Load(sound.Module, file, skippedPrefixes: sound.Infinite);
        return FiniteTensors.Find(sound.Module.state_dict()) is { } tensor ? $"{tensor} is not finite" : null;
    }

    /// <summary>Makes the module for a sound file, without the tensors that hold infinity on purpose: no module takes those.</summary>
    private static (EntryModule Module, string[] Infinite) Load(string name)
    {
        using WeightsFile file = WeightsFile.Open(Sound(name));
        string[] infinite = [.. file.Entries.Select(static entry => entry.Name).Where(entry => IsInfinite(file, entry))];
        return (new EntryModule(file.Entries.Where(entry => !infinite.Contains(entry.Name))), infinite);
    }

    private static bool IsInfinite(WeightsFile file, string entry)
    {
        using DisposeScope scope = NewDisposeScope();
        return FiniteTensors.Find([KeyValuePair.Create(entry, file.ReadTensor(entry))]) is not null;
    }

    private static string Sound(string name) => Path.Combine(AppContext.BaseDirectory, "fixtures", "weights", name);
}

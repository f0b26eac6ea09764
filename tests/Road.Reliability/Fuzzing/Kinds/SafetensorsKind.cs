using Road.Torch;
using Road.Torch.Networks;
using Road.Torch.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Reliability.Fuzzing.Kinds;

/// <summary>Pretrained weights in the format of safetensors, with and without what they state of their input.</summary>
internal sealed class SafetensorsKind : FuzzKind
{
    public const string KindName = "safetensors";
    private readonly Backbone _backbone;

    public SafetensorsKind(string folder)
        : base(KindName)
    {
        TorchRuntime.EnsureAvailable();
        _backbone = new TinyNetworkFactory().CreateBackbone();
        Dictionary<string, string> metadata = new()
        {
            ["input.channels"] = "BGR",
            ["input.range"] = "0-255",
            ["input.mean"] = "103.9,116.8,123.7",
            ["input.std"] = "1,1,1",
        };
        string path = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, KindName)).FullName, "sound");
        Seeds =
        [
            new FuzzSeed("plain.safetensors", Write(path, null, null), FuzzForm.Safetensors),
            new FuzzSeed("stated.safetensors", Write(path, null, metadata), FuzzForm.Safetensors),
            new FuzzSeed("double.safetensors", Write(path, ScalarType.Float64, null), FuzzForm.Safetensors),
            new FuzzSeed("half.safetensors", Write(path, ScalarType.BFloat16, metadata), FuzzForm.Safetensors),
        ];
    }

    public override string? Use(FuzzSeed seed, string path)
    {
        using DisposeScope scope = NewDisposeScope();
        BackboneWeights.FromFile(path).LoadInto(_backbone, out InputNormalization normalization);
        if (!normalization.Mean.Concat(normalization.StandardDeviation).All(double.IsFinite))
        {
            return "the normalisation is not finite";
        }

        return FiniteTensors.Find(_backbone.state_dict()) is { } tensor ? $"{tensor} is not finite" : null;
    }

    private byte[] Write(string path, ScalarType? type, Dictionary<string, string>? metadata)
    {
        using DisposeScope scope = NewDisposeScope();
        SafetensorsWriter.Write(
            path,
            _backbone.state_dict().Select(pair => KeyValuePair.Create(
                pair.Key, type is { } floats && pair.Value.is_floating_point() ? pair.Value.to_type(floats) : pair.Value)),
            metadata);
        return File.ReadAllBytes(path);
    }
}

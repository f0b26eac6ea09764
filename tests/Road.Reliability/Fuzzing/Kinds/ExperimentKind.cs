using System.Text;
using Experiments.Definition;

namespace Road.Reliability.Fuzzing.Kinds;

/// <summary>An experiment and the pieces that it names.</summary>
internal sealed class ExperimentKind : FuzzKind
{
    public const string KindName = "experiment";

    public ExperimentKind()
        : base(KindName)
    {
        Seeds =
        [
            Write("small.json", """
                { "title": "Small", "data": "small", "network": "small", "adaptation": "paper", "schedule": "short",
                  "variants": ["none", { "name": "mild", "variant": "road", "set": { "spatialWeight": 0.001 } }], "seeds": [1, 2],
                  "sweeps": [{ "variant": "none", "option": "iterations", "values": [2, 8], "seeds": [1] }] }
                """),
            Write("data/small.json", """
                { "title": "Small", "source": { "images": "source", "labels": "labels", "classes": "classes.json" },
                  "target": { "images": "target", "size": "32x32" },
                  "test": { "images": "source", "labels": "labels", "classes": "classes.json" } }
                """),
            Write("networks/small.json", """
                { "title": "SqueezeNet", "network": "deeplab-squeezenet1_1", "weights": "backbone.safetensors" }
                """),
            Write("adaptations/paper.json", """{ "distillationWeight": 0.1, "spatialWeight": 0.01 }"""),
            Write("schedules/short.json", """
                { "iterations": 4, "cropSize": 32, "batchSize": 1, "learningRate": 1e-3, "evaluationInterval": 2 }
                """),
        ];
    }

    /// <summary>All other files lie beside it, sound.</summary>
    public override string PlaceOf(FuzzSeed seed, string folder)
    {
        foreach (FuzzSeed piece in Seeds)
        {
            string path = Path.Combine(folder, piece.Name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, piece.Content);
        }

        return Path.Combine(folder, seed.Name);
    }

    public override string? Use(FuzzSeed seed, string path)
    {
        string root = path[..^seed.Name.Length];
        return ExperimentReader.Read(Path.Combine(root, "small.json")).Runs.Count > 0 ? null : "the experiment has no runs";
    }

    private static FuzzSeed Write(string name, string text) => new(name, Encoding.UTF8.GetBytes(text), FuzzForm.Json);
}

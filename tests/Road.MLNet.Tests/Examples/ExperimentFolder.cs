using Road.MLNet.Tests.Training;
using Road.Torch.Networks;

namespace Road.MLNet.Tests.Examples;

/// <summary>A small experiment with its pieces and its data, in a folder that goes with its test.</summary>
internal sealed class ExperimentFolder : IDisposable
{
    private readonly TrainingFolders _data = new();

    public ExperimentFolder()
    {
        Write("data/small.json", """
            {
              "title": "Small",
              "source": { "images": "source", "labels": "labels", "classes": "classes.json" },
              "target": { "images": "target", "size": "32x32" },
              "test": { "images": "source", "labels": "labels", "classes": "classes.json" }
            }
            """);
        Write(
            "networks/small.json", """{ "title": "SqueezeNet", "network": "deeplab-squeezenet1_1", "weights": "backbone.safetensors" }""");
        Write("adaptations/paper.json", """{ "distillationWeight": 0.1, "spatialWeight": 0.01 }""");
        WriteSchedule(iterations: 4);
        WriteExperiment();
        File.WriteAllText(_data.Combine("classes.json"), """
            {"classes": [{"name": "road", "color": [1,2,3], "ids": [0]}, {"name": "car", "color": [4,5,6], "ids": [1]}]}
            """);
    }

    public string Experiment => _data.Combine("experiments/small.json");

    public string Data => Path.GetDirectoryName(_data.SourceImages)!;

    public string Combine(string name) => _data.Combine(name);

    /// <summary>The backbone that runs start from.</summary>
    public void WriteWeights() =>
        TrainerFixture.WriteWeights(SegmentationNetworks.Get("deeplab-squeezenet1_1"), _data.Combine("backbone.safetensors"));

    public void WriteSchedule(int iterations) => Write("schedules/short.json", $$"""
        // Comments are allowed,
        { "iterations": {{iterations}}, "cropSize": 32, "batchSize": 1,
          "learningRate": 1e-3, "evaluationInterval": 2, } // and commas at the end.
        """);

    public void WriteExperiment(string rest = """ "variants": ["none", "road"], "seeds": [1] """) => Write("small.json", $$"""
        { "title": "A small experiment", "data": "small", "network": "small", "adaptation": "paper", "schedule": "short", {{rest}} }
        """);

    public void Write(string name, string content)
    {
        string path = _data.Combine("experiments/" + name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }

    public void Dispose() => _data.Dispose();
}

using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Experiments.Definition;

namespace Experiments.Results;

/// <summary>The results of an experiment in a folder: a JSON file for each finished run, and masks to show.</summary>
internal sealed class RunStore(string folder)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        IndentSize = 1,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectRequiredConstructorParameters = true,
    };

    public string Folder => folder;

    /// <summary>The folder of a run's predicted masks.</summary>
    public string MaskFolder(string run) => Path.Combine(folder, "masks", run);

    /// <summary>Where the training of a run keeps what it needs to go on after a break; deleted once it has finished.</summary>
    public string CheckpointFolder(string run) => Path.Combine(folder, "checkpoints", run);

    /// <summary>A finished run; null where it has not finished.</summary>
    /// <exception cref="ExperimentException">The file is damaged, or the run was made with other settings.</exception>
    public RunResult? Find(RunPlan plan, Experiment experiment)
    {
        string path = ResultFile(plan.Id);
        if (!File.Exists(path))
        {
            return null;
        }

        RunResult result = Read(path);
        string[] differences = [.. Differences("", result.Settings, plan.Settings(experiment))];
        return differences.Length == 0
            ? result
            : throw new ExperimentException($"{path} was made with other settings: {string.Join("; ", differences)}. Remove the file, or give another folder with --output.");
    }

    /// <summary>All finished runs, in the order of their files' names.</summary>
    public IReadOnlyList<RunResult> ReadAll()
    {
        string runs = Path.Combine(folder, "runs");
        return Directory.Exists(runs)
            ? [.. Directory.GetFiles(runs, "*.json").Order(StringComparer.Ordinal).Select(Read)]
            : [];
    }

    public void Write(string run, RunResult result)
    {
        // Matrices are read by people too: a row of numbers on a line.
        string json = JsonSerializer.Serialize(result, Format);
        json = System.Text.RegularExpressions.Regex.Replace(json, @"\[\s+(-?[\d.eE+-]+(?:,\s+-?[\d.eE+-]+)*)\s+\]", static match =>
            "[" + System.Text.RegularExpressions.Regex.Replace(match.Groups[1].Value, @",\s+", ", ") + "]");
        AtomicFile.Write(ResultFile(run), json + "\n");
    }

    private string ResultFile(string run) => Path.Combine(folder, "runs", run + ".json");

    private static RunResult Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<RunResult>(File.ReadAllBytes(path), Format)
                ?? throw new JsonException("it holds null.");
        }
        catch (JsonException error)
        {
            throw new ExperimentException($"{path} is no result of a run: {error.Message}", error);
        }
    }

    private static IEnumerable<string> Differences(string prefix, JsonNode? before, JsonNode? now)
    {
        if (before is not JsonObject old || now is not JsonObject current)
        {
            return JsonNode.DeepEquals(before, now) ? [] : [$"{prefix} was {Text(before)} and is now {Text(now)}"];
        }

        string start = prefix.Length > 0 ? prefix + "." : "";
        return old.Select(static pair => pair.Key).Union(current.Select(static pair => pair.Key))
            .SelectMany(key => Differences(start + key, old[key], current[key]));
    }

    private static string Text(JsonNode? value) => value?.ToJsonString(Format) ?? "not set";
}

using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
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

    /// <summary>Random weights, for runs that shall only show that all fits together.</summary>
    public string RandomWeightsFile => Path.Combine(folder, "random.safetensors");

    private string RunFolder => Path.Combine(folder, "runs");

    private string AllMasksFolder => Path.Combine(folder, "masks");

    private string AllCheckpointsFolder => Path.Combine(folder, "checkpoints");

    private string FindingsFile => Path.Combine(folder, "findings.json");

    /// <summary>Adds what runs write to what a command writes.</summary>
    /// <exception cref="FileClashException">It is read too.</exception>
    public void AddTo(FilePlan plan)
    {
        plan.Own(RunFolder, "the results");
        plan.Own(AllMasksFolder, "the results' masks");
        plan.Own(AllCheckpointsFolder, "the runs' checkpoints");
        plan.Write(LayoutFile, "the layout of domains");
        plan.Write(RandomWeightsFile, "random weights");
    }

    /// <summary>Adds what is there to what a command reads.</summary>
    /// <exception cref="FileClashException">It is written too.</exception>
    public void AddResultsTo(FilePlan plan)
    {
        plan.Read(RunFolder, "the results");
        plan.Read(AllMasksFolder, "the results' masks");
        plan.Read(FindingsFile, "the findings");
        plan.Read(LayoutFile, "the layout of domains");
    }

    /// <summary>Removes all that runs have written; what else lies in the folder stays.</summary>
    public void Clear()
    {
        foreach (string part in (string[])[RunFolder, AllMasksFolder, AllCheckpointsFolder])
        {
            if (Directory.Exists(part))
            {
                Directory.Delete(part, recursive: true);
            }
        }

        if (Directory.Exists(folder))
        {
            File.Delete(RandomWeightsFile);
        }
    }

    /// <summary>The folder of a run's predicted masks.</summary>
    public string MaskFolder(string run) => Path.Combine(AllMasksFolder, run);

    /// <summary>Where the training of a run keeps what it needs to go on after a break; deleted once it has finished.</summary>
    public string CheckpointFolder(string run) => Path.Combine(AllCheckpointsFolder, run);

    /// <summary>The learning curve of a run that was broken off, as far as it came; empty where there is none.</summary>
    /// <exception cref="ExperimentException">The file is damaged.</exception>
    public IReadOnlyList<CurvePoint> ReadCurve(string run)
    {
        string path = CurveFile(run);
        return File.Exists(path) ? Read<IReadOnlyList<CurvePoint>>(path, "learning curve") : [];
    }

    /// <summary>Keeps the learning curve beside the run's checkpoint.</summary>
    public void WriteCurve(string run, IReadOnlyList<CurvePoint> curve) =>
        OutputFile.Write(CurveFile(run), JsonSerializer.Serialize(curve, Format) + "\n");

    /// <summary>Removes what a finished run needs no more.</summary>
    public void RemoveCheckpoint(string run)
    {
        string checkpoint = CheckpointFolder(run);
        if (Directory.Exists(checkpoint))
        {
            Directory.Delete(checkpoint, recursive: true);
        }

        // The folder of all goes with the last.
        string all = Path.GetDirectoryName(checkpoint)!;
        if (Directory.Exists(all) && !Directory.EnumerateFileSystemEntries(all).Any())
        {
            Directory.Delete(all);
        }
    }

    /// <summary>A finished run; null where it has not finished.</summary>
    /// <exception cref="ExperimentException">The file is damaged, or the run was made with other settings.</exception>
    public RunResult? Find(RunPlan plan, Experiment experiment)
    {
        string path = ResultFile(plan.Id);
        if (!File.Exists(path))
        {
            return null;
        }

        RunResult result = ReadResult(path);
        string[] differences = [.. Differences("", result.Settings, plan.Settings(experiment))];
        return differences.Length == 0
            ? result
            : throw new ExperimentException(
                $"{path} was made with other settings: {string.Join("; ", differences)}. Remove the file, or give another folder with "
                + "--output.");
    }

    /// <summary>All finished runs, in the order of their files' names.</summary>
    public IReadOnlyList<RunResult> ReadAll()
    {
        return Directory.Exists(RunFolder)
            ? [.. Directory.GetFiles(RunFolder, "*.json").Order(StringComparer.Ordinal).Select(ReadResult)]
            : [];
    }

    /// <summary>What was found in the results, written by hand beside them; empty where there is no such file.</summary>
    /// <exception cref="ExperimentException">The file is damaged.</exception>
    public IReadOnlyList<Finding> ReadFindings()
    {
        return File.Exists(FindingsFile) ? Read<IReadOnlyList<Finding>>(FindingsFile, "list of findings") : [];
    }

    /// <summary>What lies where in the domains; null where it was not counted.</summary>
    /// <exception cref="ExperimentException">The file is damaged.</exception>
    public DomainLayout? ReadLayout() => File.Exists(LayoutFile) ? Read<DomainLayout>(LayoutFile, "layout of domains") : null;

    /// <summary>Keeps what lies where in the domains.</summary>
    /// <returns>The file.</returns>
    public string WriteLayout(DomainLayout layout)
    {
        OutputFile.Write(LayoutFile, OnOneLine(JsonSerializer.Serialize(layout, Format)) + "\n");
        return LayoutFile;
    }

    public void Write(string run, RunResult result)
    {
        OutputFile.Write(ResultFile(run), OnOneLine(JsonSerializer.Serialize(result, Format)) + "\n");
    }

    /// <summary>Puts a row of numbers on a line: matrices are read by people too.</summary>
    private static string OnOneLine(string json) =>
        Regex.Replace(
            json, @"\[\s+((?:null|-?[\d.eE+-]+)(?:,\s+(?:null|-?[\d.eE+-]+))*)\s+\]", static match => "[" + Regex.Replace(
                match.Groups[1].Value, @",\s+", ", ") + "]");

    private string LayoutFile => Path.Combine(folder, "layout.json");

    private string ResultFile(string run) => Path.Combine(RunFolder, run + ".json");

    private string CurveFile(string run) => Path.Combine(CheckpointFolder(run), "curve.json");

    private static RunResult ReadResult(string path) => Read<RunResult>(path, "result of a run");

    private static T Read<T>(string path, string kind)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllBytes(path), Format)
                ?? throw new JsonException("it holds null.");
        }
        catch (JsonException error)
        {
            throw new ExperimentException($"{path} is no {kind}: {error.Message}", error);
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

using System.Globalization;
using System.Text.Json;
using Road.Files;
using Road.MLNet;
using Road.Torch.Training;

namespace Experiments.Definition;

/// <summary>
/// Reads an experiment file and the pieces that it names, which lie in folders beside it: <c>data</c>, <c>networks</c>,
/// <c>adaptations</c> and <c>schedules</c>.
/// </summary>
internal sealed class ExperimentReader
{
    private readonly JsonPiece _file;
    private readonly JsonPiece _schedule;
    private readonly JsonPiece _adaptation;
    private readonly Dictionary<string, (string Method, Func<RoadTrainerOptions> Create, int? TargetLabels)> _variants =
        new(StringComparer.Ordinal);
    private readonly string _device;

    private ExperimentReader(string path)
    {
        _file = JsonPiece.Read(path);
        LoadMethods();
        _schedule = FindPiece("schedule", "schedules");
        _adaptation = FindPiece("adaptation", "adaptations");
        _device = _schedule.OptionalText("device") ?? DeviceText.Cpu;
        if (!DeviceText.TryRead(_device, out _))
        {
            throw _schedule.Wrong("device", "cpu, or cuda: and the number of a GPU");
        }
    }

    /// <summary>Reads and checks an experiment.</summary>
    public static Experiment Read(string path)
    {
        ExperimentReader reader = new(path);
        string title = reader._file.Text("title");
        string? note = reader._file.OptionalText("note");
        JsonPiece dataPiece = reader.FindPiece("data", "data");
        JsonPiece networkPiece = reader.FindPiece("network", "networks");
        DataPiece data = DataPiece.Read(dataPiece);
        NetworkPiece network = NetworkPiece.Read(networkPiece);
        IReadOnlyList<int> seeds = reader._file.OptionalSeeds("seeds") ?? throw reader._file.Missing("seeds");
        Experiment experiment = new(Path.GetFileNameWithoutExtension(path), title, note, data, network, reader._device, [])
        {
            Files = [path, dataPiece.File, networkPiece.File, reader._adaptation.File, reader._schedule.File],
        };
        List<RunPlan> runs = [.. reader.ReadVariants(seeds, data.Target.HasLabels)];
        HashSet<string> known = [.. runs.Select(run => run.Settings(experiment).ToJsonString())];
        foreach (RunPlan run in reader.ReadSweeps(seeds))
        {
            // A swept value that is the variant's own has its run already.
            if (known.Add(run.Settings(experiment).ToJsonString()))
            {
                runs.Add(run);
            }
        }

        reader._file.RefuseOthers();
        return experiment with { Runs = runs };
    }

    /// <summary>Adds methods of the user's own to the variants: assemblies, whose paths are relative to the file.</summary>
    private void LoadMethods()
    {
        foreach (string assembly in _file.OptionalTexts("methods") ?? [])
        {
            try
            {
                MethodAssembly.Load(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(_file.File))!, assembly));
            }
            catch (Exception error) when (error is ArgumentException or IOException)
            {
                throw _file.Wrong("methods", error);
            }
        }
    }

    private JsonPiece FindPiece(string property, string folder)
    {
        string name = _file.Text(property);
        string pieces = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(_file.File))!, folder);
        string path = Path.Combine(pieces, name + ".json");
        if (File.Exists(path))
        {
            return JsonPiece.Read(path);
        }

        string[] known = Directory.Exists(pieces)
            ? [.. Directory.GetFiles(pieces, "*.json").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal)!]
            : [];
        throw known.Length == 0
            ? _file.Wrong(property, $"a file of '{pieces}', where there is none")
            : NearestName.Find(name, known) is { } near
            ? _file.Wrong(property, $"one of {string.Join(", ", known)}, the files of '{pieces}'; did you mean '{near}'?")
            : _file.Wrong(property, $"one of {string.Join(", ", known)}, the files of '{pieces}'");
    }

    private IEnumerable<RunPlan> ReadVariants(IReadOnlyList<int> seeds, bool targetHasLabels)
    {
        IReadOnlyList<JsonElement> items = _file.OptionalList("variants") ?? throw _file.Missing("variants");
        foreach ((int index, JsonElement item) in items.Index())
        {
            string place = string.Create(CultureInfo.InvariantCulture, $"variants[{index}]");
            JsonPiece? piece = item.ValueKind == JsonValueKind.String ? null : _file.Inner(place, item);
            string name = piece?.Text("name") ?? item.GetString()!;
            string method = piece?.Text("variant") ?? name;
            JsonPiece? set = piece?.OptionalPiece("set");
            int? share = piece is null ? null : ReadShare(piece);
            piece?.RefuseOthers();
            if (!Variants.Names.Contains(method))
            {
                throw new ExperimentException(
                    $"{_file.File}: '{place}' is '{method}'; it must be one of "
                    + $"{string.Join(", ", Variants.Names)}{NearestName.Ask(method, Variants.Names)}");
            }

            int? targetLabels = share ?? Variants.TargetLabels(method);
            if ((method == Variants.UpperBound || targetLabels is not null) && !targetHasLabels)
            {
                throw new ExperimentException(
                    $"{_file.File}: '{place}' is '{method}', which needs labels of the target domain; the data names none.");
            }

            Func<RoadTrainerOptions> create = () => CreateOptions(method, set);
            create();
            if (name.Any(static letter => !(char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.')))
            {
                throw new ExperimentException(
                    $"{_file.File}: '{place}' is named '{name}'; a name has letters, digits, hyphens and points only.");
            }

            if (!_variants.TryAdd(name, (method, create, targetLabels)))
            {
                throw new ExperimentException($"{_file.File}: '{place}' is '{name}', which is there already; each name once.");
            }

            foreach (int seed in seeds)
            {
                yield return new RunPlan(name, name, method, null, seed, create, targetLabels);
            }
        }
    }

    private IEnumerable<RunPlan> ReadSweeps(IReadOnlyList<int> allSeeds)
    {
        foreach ((int index, JsonElement item) in (_file.OptionalList("sweeps") ?? []).Index())
        {
            JsonPiece piece = _file.Inner(string.Create(CultureInfo.InvariantCulture, $"sweeps[{index}]"), item);
            string variant = piece.Text("variant");
            if (!_variants.TryGetValue(variant, out (string Method, Func<RoadTrainerOptions> Create, int? TargetLabels) swept))
            {
                throw piece.Unknown("variant", [.. _variants.Keys]);
            }

            string optionName = piece.Text("option");
            TrainingOption option = TrainingOptionTable.All.FirstOrDefault(
                candidate => candidate.Name == optionName && candidate.IsNumber)
                ?? throw piece.Unknown(
                    "option",
                    [.. TrainingOptionTable.All.Where(static candidate => candidate.IsNumber).Select(static candidate => candidate.Name)]);
            IReadOnlyList<JsonElement> values = piece.OptionalList("values") ?? throw piece.Missing("values");
            IReadOnlyList<int> seeds = piece.OptionalSeeds("seeds") ?? allSeeds;
            piece.RefuseOthers();
            foreach (JsonElement value in values)
            {
                RoadTrainerOptions Create()
                {
                    RoadTrainerOptions options = swept.Create();
                    option.Apply(options, piece, "values", value);
                    return options;
                }

                SweepPoint point = new(
                    optionName, option.Get(Create())!.AsValue().TryGetValue(out int whole)
                        ? whole
                        : option.Get(Create())!.GetValue<double>());
                string name = string.Create(CultureInfo.InvariantCulture, $"{variant}_{optionName}-{point.Value}");
                foreach (int seed in seeds)
                {
                    yield return new RunPlan(name, variant, swept.Method, point, seed, Create, swept.TargetLabels);
                }
            }
        }
    }

    /// <summary>Reads the share of the target's labels that a variant trains on beside the source's: 1/n, every n-th.</summary>
    private static int? ReadShare(JsonPiece piece)
    {
        const string Name = "targetLabels";
        return piece.OptionalText(Name) is not { } text ? null
            : text.StartsWith("1/", StringComparison.Ordinal) && NumberText.TryReadDigits(text[2..], out int every) && every > 0 ? every
            : throw piece.Wrong(Name, "1, a slash and a number, such as \"1/16\"");
    }

    private RoadTrainerOptions CreateOptions(string method, JsonPiece? set)
    {
        RoadTrainerOptions options = new();
        ApplyRecipe(options, set);
        TrainingOptionTable.Apply(_schedule, TrainingOptionTable.Schedule, options);
        TrainingOptionTable.Apply(_adaptation, TrainingOptionTable.Adaptation, options);
        Variants.Apply(method, options);
        if (set is not null)
        {
            TrainingOptionTable.Apply(set, TrainingOptionTable.All, options);
        }

        return options;
    }

    /// <summary>
    /// Sets what the recipe of a variant, or else that of the schedule, sets; whatever a file states by itself comes after.
    /// </summary>
    private void ApplyRecipe(RoadTrainerOptions options, JsonPiece? set)
    {
        // Both are read, whichever counts, so that neither is taken for a property that nobody knows.
        string? ofSchedule = Recipe(_schedule);
        string? ofVariant = set is null ? null : Recipe(set);
        TrainingRecipe.Apply(ofVariant ?? ofSchedule ?? TrainingRecipe.Default, options);

        static string? Recipe(JsonPiece piece)
        {
            string? name = piece.OptionalText("recipe");
            return name is null || TrainingRecipe.Names.Contains(name) ? name : throw piece.Unknown("recipe", TrainingRecipe.Names);
        }
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Road.Torch.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Training;

/// <summary>
/// The file of a folder that keeps a training's state: a safetensors file, of which one metadata entry says in JSON how far the training
/// has come and what it was made with. It is replaced in one piece, so that what is there is whole whenever a process ends.
/// </summary>
internal sealed class TrainingCheckpoint
{
    private const string EarlierName = "checkpoint.earlier.safetensors";
    private const string MetadataKey = "road.checkpoint";
    private const int Version = 3;

    // The last version in which the tensors of each adaptation method had names of their own kind.
    private const int LastOfEarlierNames = 2;

    // The version that carries no digest, and no velocity of a parameter that has not moved.
    private const int FirstVersion = 1;

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    private readonly IReadOnlyDictionary<string, string> _facts;
    private readonly IReadOnlyDictionary<string, string> _defaults;
    private readonly string _earlier;
    private readonly string _latest;
    private bool _isFirstVersion;

    /// <param name="directory">The folder, which no other training uses.</param>
    /// <param name="facts">What the training is made with.</param>
    /// <param name="defaults">What a file that does not tell of an option means.</param>
    public TrainingCheckpoint(string directory, IReadOnlyDictionary<string, string> facts, IReadOnlyDictionary<string, string> defaults)
    {
        _facts = facts;
        _defaults = defaults;
        _latest = System.IO.Path.GetFullPath(System.IO.Path.Combine(directory, TrainingOptions.CheckpointFileName));
        _earlier = System.IO.Path.GetFullPath(System.IO.Path.Combine(directory, EarlierName));
        Directory.CreateDirectory(directory);
        AtomicFile.DeleteLeftovers(_latest);

        // A process that ends while it puts one file in the place of the other leaves the earlier alone.
        Path = File.Exists(_latest) || !File.Exists(_earlier) ? _latest : _earlier;
    }

    /// <summary>The file that is read: the latest, until <see cref="TurnToEarlier"/> is called.</summary>
    public string Path { get; private set; }

    /// <summary>Receives what is to be said of a file that is read all the same.</summary>
    public Action<string>? Warn { get; init; }

    /// <summary>How far the stored training has come; null where none is stored.</summary>
    /// <param name="iterations">The training's steps in all.</param>
    /// <exception cref="InvalidDataException">The file is damaged, or no checkpoint.</exception>
    /// <exception cref="InvalidOperationException">The checkpoint is of another training; the message says what differs.</exception>
    public TrainingPosition? Read(int iterations)
    {
        if (!File.Exists(Path))
        {
            return null;
        }

        using SafetensorsFile file = Open(out Content content);
        string[] differences = [.. Differences(content.Facts)];
        if (differences.Length > 0)
        {
            throw new InvalidOperationException(
                $"The checkpoint '{Path}' is of another training: {string.Join("; ", differences)}. Give what it was made with, or "
                + $"another {nameof(TrainingOptions.CheckpointDirectory)}.");
        }

        long drawn = content.BatchesDrawn ?? content.Iteration;
        bool isPossible = content.Iteration >= 0 && content.Iteration <= iterations && drawn >= content.Iteration
            && double.IsFinite(content.Seconds) && content.Seconds is >= 0 and < 1e10
            && content.Retries >= 0 && content.RateFactor is > 0 and <= 1;
        if (!isPossible)
        {
            throw new InvalidDataException(
                $"Cannot go on from the checkpoint '{Path}': it tells of {content.Iteration} steps in {content.Seconds} s, of "
                + $"{iterations} steps in all. Remove the file to train from the start.");
        }

        if (content.Version == FirstVersion && !_isFirstVersion)
        {
            _isFirstVersion = true;
            Warn?.Invoke(
                $"The checkpoint '{Path}' was written by an earlier version and carries no digest, so damage to it may go unnoticed. The "
                + "next one does.");
        }

        return new TrainingPosition(
            content.Iteration,
            TimeSpan.FromSeconds(content.Seconds), content.HasLabelledPixels, drawn, content.Retries, content.RateFactor, content.IsRetry)
        {
            StopReason = content.StopReason,
            ObserverStates = content.ObserverStates ?? new Dictionary<string, string>(),
        };
    }

    /// <summary>Reads the checkpoint before the latest from now on, if it is kept.</summary>
    public void TurnToEarlier() => Path = File.Exists(_earlier) ? _earlier : Path;

    /// <summary>Gives the stored state back.</summary>
    /// <param name="restore">
    /// Takes it over from a file, given whether that may lack velocities and whether it has the names of earlier versions, as
    /// <see cref="EngineState.Restore"/> does.
    /// </param>
    /// <returns>The steps that led to it.</returns>
    /// <exception cref="InvalidDataException">The file is damaged, or has other tensors than the state.</exception>
    public int Restore(Action<WeightsFile, bool, bool> restore)
    {
        using SafetensorsFile file = Open(out Content content);
        restore(file, _isFirstVersion, content.Version <= LastOfEarlierNames);
        return content.Iteration;
    }

    /// <summary>Stores a state, which is known to be finite, in the place of the one before.</summary>
    /// <param name="position">How far the training has come.</param>
    /// <param name="state">Gives the state's tensors; those that it makes are disposed here.</param>
    /// <param name="keepsEarlier">Whether the one before is kept too.</param>
    /// <exception cref="IOException">The file cannot be written; the one before is still there.</exception>
    public void Save(TrainingPosition position, Func<IEnumerable<KeyValuePair<string, Tensor>>> state, bool keepsEarlier = false)
    {
        using DisposeScope scope = NewDisposeScope();
        Content content = new(Version, position.Iteration, position.Elapsed.TotalSeconds, position.HasLabelledPixels, _facts)
        {
            BatchesDrawn = position.BatchesDrawn,
            Retries = position.Retries,
            RateFactor = position.RateFactor,
            IsRetry = position.IsRetry,
            StopReason = position.StopReason,
            ObserverStates = position.ObserverStates.Count == 0 ? null : position.ObserverStates,
        };
        Dictionary<string, string> metadata = new() { [MetadataKey] = JsonSerializer.Serialize(content, Format) };
        KeyValuePair<string, Tensor>[] tensors = [.. state()];
        AtomicFile.Write(
            _latest,
            stream => SafetensorsWriter.WriteWithDigest(stream, tensors, metadata),
            before: () =>
            {
                if (keepsEarlier && File.Exists(_latest))
                {
                    File.Move(_latest, _earlier, overwrite: true);
                }
            });
        Path = _latest;
        _isFirstVersion = false;
    }

    /// <summary>Deletes the checkpoint before the latest.</summary>
    public void DeleteEarlier()
    {
        if (Path == _latest)
        {
            File.Delete(_earlier);
        }
    }

    /// <summary>Opens the file and compares it with the digest that it states, which only the first version does without.</summary>
    private SafetensorsFile Open(out Content content)
    {
        SafetensorsFile? file = null;
        try
        {
            file = SafetensorsFile.Open(Path);
            if (file.Digest is not null)
            {
                file.Verify();
            }

            content = Parse(file);
            return content.Version == FirstVersion || file.Digest is not null
                ? file
                : throw new InvalidDataException("its metadata lacks the digest");
        }
        catch (InvalidDataException error)
        {
            file?.Dispose();
            throw new InvalidDataException(
                $"Cannot go on from the checkpoint '{Path}': {error.Message.TrimEnd('.')}. Remove the file to train from the start.",
                error);
        }
    }

    /// <summary>What differs from a file's facts, each with its stored and its given value; empty where nothing does.</summary>
    private IEnumerable<string> Differences(IReadOnlyDictionary<string, string> stored) =>
        stored.Keys.Union(_facts.Keys)
            .Select(name => (Name: name, Stored: Value(stored, name), Given: Value(_facts, name)))
            .Where(static fact => fact.Stored != fact.Given)
            .OrderBy(static fact => fact.Name, StringComparer.Ordinal)
            .Select(static fact => $"{fact.Name} was {fact.Stored} and is now {fact.Given}");

    /// <summary>A fact; where its name is absent, its default: an option that came later does not make an older file foreign.</summary>
    private string Value(IReadOnlyDictionary<string, string> facts, string name) =>
        facts.GetValueOrDefault(name) ?? _defaults.GetValueOrDefault(name, "not set");

    private static Content Parse(SafetensorsFile file)
    {
        if (!file.Metadata.TryGetValue(MetadataKey, out string? json))
        {
            throw new InvalidDataException($"it is no checkpoint, since its metadata has no entry '{MetadataKey}'");
        }

        try
        {
            JsonObject? entry = JsonNode.Parse(json) as JsonObject;
            int version = (entry?["version"] ?? throw new JsonException("it states no version")).GetValue<int>();
            return version is >= FirstVersion and <= Version
                ? entry.Deserialize<Content>(Format)!
                : throw new InvalidDataException($"its version is {version}, but {Version} is expected");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"its metadata '{MetadataKey}' is damaged: {error.Message.TrimEnd('.')}", error);
        }
    }

    private sealed record Content(
        int Version, int Iteration, double Seconds, bool HasLabelledPixels, IReadOnlyDictionary<string, string> Facts)
    {
        public long? BatchesDrawn { get; init; }

        public int Retries { get; init; }

        public double RateFactor { get; init; } = 1;

        public bool IsRetry { get; init; }

        public string? StopReason { get; init; }

        public IReadOnlyDictionary<string, string>? ObserverStates { get; init; }
    }
}

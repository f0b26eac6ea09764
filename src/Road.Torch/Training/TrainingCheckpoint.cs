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
    private const string MetadataKey = "road.checkpoint";
    private const int Version = 1;

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    private readonly IReadOnlyDictionary<string, string> facts;

    /// <param name="directory">The folder; it is made where it is not there.</param>
    /// <param name="facts">What the training is made with.</param>
    public TrainingCheckpoint(string directory, IReadOnlyDictionary<string, string> facts)
    {
        this.facts = facts;
        Path = System.IO.Path.GetFullPath(System.IO.Path.Combine(directory, RoadTrainingOptions.CheckpointFileName));
        Directory.CreateDirectory(directory);
        AtomicFile.DeleteLeftovers(Path);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

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

        using SafetensorsFile file = Open();
        Content content = Parse(file);
        string[] differences = [.. CheckpointFacts.Differences(content.Facts, facts)];
        if (differences.Length > 0)
        {
            throw new InvalidOperationException(
                $"The checkpoint '{Path}' is of another training: {string.Join("; ", differences)}. Give what it was made with, or another {nameof(RoadTrainingOptions.CheckpointDirectory)}.");
        }

        return content.Iteration >= 1 && content.Iteration <= iterations && double.IsFinite(content.Seconds) && content.Seconds is >= 0 and < 1e10
            ? new TrainingPosition(content.Iteration, TimeSpan.FromSeconds(content.Seconds), content.HasLabelledPixels)
            : throw Damaged($"it tells of {content.Iteration} steps in {content.Seconds} s, of {iterations} steps in all");
    }

    /// <summary>Gives an engine the stored state.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or lacks a tensor, or has it in another shape.</exception>
    public void Restore(RoadEngine engine)
    {
        using SafetensorsFile file = Open();
        engine.Restore(file);
    }

    /// <summary>Stores an engine's state in the place of the one before.</summary>
    /// <exception cref="IOException">The file cannot be written; the one before is still there.</exception>
    public void Save(TrainingPosition position, RoadEngine engine)
    {
        using DisposeScope scope = NewDisposeScope();
        Content content = new(Version, position.Iteration, position.Elapsed.TotalSeconds, position.HasLabelledPixels, facts);
        SafetensorsWriter.Write(
            Path, engine.State(), new Dictionary<string, string> { [MetadataKey] = JsonSerializer.Serialize(content, Format) });
    }

    private SafetensorsFile Open()
    {
        try
        {
            return SafetensorsFile.Open(Path);
        }
        catch (InvalidDataException error)
        {
            throw Damaged(error.Message.TrimEnd('.'), error);
        }
    }

    private Content Parse(SafetensorsFile file)
    {
        if (!file.Metadata.TryGetValue(MetadataKey, out string? json))
        {
            throw Damaged($"it is no checkpoint, since its metadata has no entry '{MetadataKey}'");
        }

        try
        {
            JsonObject? entry = JsonNode.Parse(json) as JsonObject;
            int version = (entry?["version"] ?? throw new JsonException("it states no version")).GetValue<int>();
            return version == Version
                ? entry.Deserialize<Content>(Format)!
                : throw Damaged($"its version is {version}, but {Version} is expected");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            throw Damaged($"its metadata '{MetadataKey}' is damaged: {error.Message.TrimEnd('.')}", error);
        }
    }

    private InvalidDataException Damaged(string cause, Exception? inner = null) =>
        new($"Cannot go on from the checkpoint '{Path}': {cause}. Remove the file to train from the start.", inner);

    private sealed record Content(
        int Version, int Iteration, double Seconds, bool HasLabelledPixels, IReadOnlyDictionary<string, string> Facts);
}

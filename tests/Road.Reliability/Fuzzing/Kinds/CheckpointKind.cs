using System.Buffers.Binary;
using System.Text.Json.Nodes;
using Road.MLNet;

namespace Road.Reliability.Fuzzing.Kinds;

/// <summary>The states of trainings; a training finds one in its folder and goes on.</summary>
internal sealed class CheckpointKind : FuzzKind
{
    public const string KindName = "checkpoint";
    private readonly TinyDomain _domain;

    public CheckpointKind(string folder)
        : base(KindName)
    {
        _domain = new TinyDomain(Directory.CreateDirectory(Path.Combine(folder, KindName)).FullName);
        string state = Path.Combine(folder, KindName, "state");
        Train(state);
        string path = Directory.GetFiles(state, "*.safetensors").Single();
        Seeds = [new FuzzSeed(Path.GetFileName(path), File.ReadAllBytes(path), FuzzForm.Safetensors)];
    }

    /// <summary>The spaces of a header's JSON say nothing.</summary>
    public override bool IsSame(FuzzSeed seed, byte[] mutated)
    {
        try
        {
            return base.IsSame(seed, mutated)
                || (JsonNode.DeepEquals(Header(seed.Content, out int start), Header(mutated, out int mutatedStart))
                    && seed.Content.AsSpan(start).SequenceEqual(mutated.AsSpan(mutatedStart)));
        }
        catch (Exception error) when (error is System.Text.Json.JsonException or ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    public override string? Use(FuzzSeed seed, string path)
    {
        Train(Path.GetDirectoryName(path)!);
        return IsSame(seed, File.ReadAllBytes(path)) ? null : "a damaged file was taken";
    }

    private void Train(string state)
    {
        RoadTrainerOptions options = TinyDomain.Options();
        options.CheckpointDirectory = state;
        options.CheckpointInterval = 1;

        // A context of its own, as the process that goes on has: the seed of a training counts those before it.
        _domain.Train(CreateContext(), options).Dispose();
    }

    private static JsonNode? Header(ReadOnlySpan<byte> content, out int end)
    {
        int length = content.Length < 8 ? -1 : (int)Math.Min(int.MaxValue, BinaryPrimitives.ReadUInt64LittleEndian(content));
        end = length < 0 || length > content.Length - 8 ? throw new ArgumentException("There is no header.", nameof(content)) : 8 + length;
        return JsonNode.Parse(content[8..end]);
    }
}

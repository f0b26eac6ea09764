using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Road.Files;

namespace Streets;

/// <summary>What one process counted of its share of a set, with what all shares must have in common to be added up.</summary>
/// <param name="Shard">The share, as it is typed.</param>
/// <param name="Model">The SHA-256 of the model file.</param>
/// <param name="Scoring">How images were read and scored.</param>
/// <param name="Data">The SHA-256 of the names of all images of the set.</param>
/// <param name="Counts">What was counted.</param>
internal sealed record ScoredShard(string Shard, string Model, string Scoring, string Data, ScoredCounts Counts)
{
    /// <summary>The property of a report that holds it.</summary>
    public const string Property = "share";

    private const int NamesShown = 10;
    private const string Kind = "report of a share";

    private static readonly JsonSerializerOptions Names = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Tells what is scored, wherever it lies.</summary>
    /// <param name="images">The images' names.</param>
    public static string Digest(IEnumerable<string> images) =>
        System.Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', images))));

    /// <summary>Tells a model file from any other.</summary>
    public static string DigestOf(string file)
    {
        using FileStream stream = InputFile.Open(file, "model");
        return System.Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <summary>What stands in the report.</summary>
    public JsonElement ToJson() => JsonSerializer.SerializeToElement(this, Names);

    /// <summary>Adds up the shares that reports hold.</summary>
    /// <param name="files">The reports, one of each share.</param>
    /// <exception cref="InvalidDataException">
    /// One is no report of a share, a share is missing or there twice, or they are not of one set, model and way of scoring; the message
    /// names the files and what differs.
    /// </exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    public static ScoredCounts Collect(IReadOnlyList<string> files)
    {
        (string File, ScoredShard Part, Shard Share)[] parts = [.. files.Select(static file => Open(file))];
        (string firstFile, ScoredShard first, Shard share) = parts[0];
        foreach ((string file, ScoredShard part, Shard other) in parts)
        {
            Check(file, "number of shares", share.Count.ToString(), other.Count.ToString());
            Check(file, "model", first.Model, part.Model);
            Check(file, "scoring", first.Scoring, part.Scoring);
            Check(file, "set of images", first.Data, part.Data);
            Check(file, "classes", string.Join(", ", first.Counts.ClassNames), string.Join(", ", part.Counts.ClassNames));
        }

        if (parts.GroupBy(static part => part.Share.Index).FirstOrDefault(static group => group.Count() > 1) is { } twice)
        {
            throw new InvalidDataException(
                $"The share {twice.First().Share} is there twice: '{twice.First().File}' and '{twice.Last().File}'.");
        }

        int[] missing = [.. Enumerable.Range(0, share.Count).Except(parts.Select(static part => part.Share.Index))];
        return missing.Length == 0
            ? parts.Select(static part => part.Part.Counts).Aggregate(static (sum, counts) => sum.Add(counts))
            : throw new InvalidDataException(
                $"{missing.Length} of {share.Count} shares are missing: "
                + $"{string.Join(", ", missing.Take(NamesShown).Select(index => new Shard(index, share.Count)))}"
                + $"{(missing.Length > NamesShown ? " and more" : string.Empty)}.");

        void Check(string file, string what, string expected, string found)
        {
            if (expected != found)
            {
                throw new InvalidDataException(
                    $"The shares do not belong together: the {what} of '{firstFile}' is {expected}, that of '{file}' {found}.");
            }
        }
    }

    private static (string File, ScoredShard Part, Shard Share) Open(string file)
    {
        byte[] content = InputFile.ReadAllBytes(file, Kind);
        try
        {
            using JsonDocument document = JsonDocument.Parse(content);
            if (document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty(Property, out JsonElement part)
                && part.Deserialize<ScoredShard>(Names) is { Counts: { ClassNames.Count: >= 1 } counts, Shard: { } text } shard
                && counts.ConfusionMatrix?.Count == counts.ClassNames.Count
                && counts.ConfusionMatrix.All(row => row?.Count == counts.ClassNames.Count && row.All(static count => count >= 0))
                && counts is { IgnoredPixels: >= 0, Images: >= 0, SkippedImages: >= 0 }
                && Streets.Shard.Read(text, static _ => null, out _) is { } share)
            {
                return (file, shard, share);
            }
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"'{file}' is no {Kind}: {error.Message}", error);
        }

        throw new InvalidDataException($"'{file}' is no {Kind}, as 'evaluate --shard' writes it with --json.");
    }
}

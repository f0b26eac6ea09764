using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.ML;
using Road.MLNet;
using Streets;

namespace Road.Reliability.Fuzzing.Kinds;

/// <summary>Model files, alone and behind what loads images.</summary>
internal sealed class ModelKind : FuzzKind
{
    public const string KindName = "model";
    private readonly MLContext _ml = CreateContext();

    public ModelKind(string folder)
        : base(KindName)
    {
        TinyDomain domain = new(Directory.CreateDirectory(Path.Combine(folder, KindName)).FullName);
        using RoadTransformer model = domain.Train(_ml, TinyDomain.Options());
        IDataView paths = _ml.Data.LoadFromEnumerable(new[] { new PicturePath() });
        ITransformer chain = _ml.Transforms.LoadImages("TargetImage", null, "TargetImagePath").Fit(paths).Append(model);
        Seeds =
        [
            new FuzzSeed("alone.zip", Save(model, null), FuzzForm.Zip),
            new FuzzSeed("chain.zip", Save(chain, paths.Schema), FuzzForm.Zip),
        ];
    }

    /// <summary>Dates and the order of a zip's entries say nothing.</summary>
    public override bool IsSame(FuzzSeed seed, byte[] mutated)
    {
        try
        {
            return base.IsSame(seed, mutated) || Digest(seed.Content).SequenceEqual(Digest(mutated));
        }
        catch (Exception error) when (error is InvalidDataException or IOException or NotSupportedException or ArgumentException)
        {
            return false;
        }
    }

    /// <summary>
    /// What ML.NET itself keeps in a model file, such as its own version, has no checksum that the product could give it.
    /// </summary>
    public override string? Use(FuzzSeed seed, string path)
    {
        using StreetsModel model = StreetsModel.Load(_ml, path);
        string[] damaged = [.. Difference(seed.Content, path).Where(entry => entry.StartsWith(OwnFolder(seed), StringComparison.Ordinal))];
        return damaged.Length > 0 ? $"a damaged file was taken: {string.Join(", ", damaged)}" : null;
    }

    private byte[] Save(ITransformer transformer, DataViewSchema? schema)
    {
        using MemoryStream stream = new();
        _ml.Model.Save(transformer, schema, stream);
        return stream.ToArray();
    }

    private static string[] Digest(byte[] content)
    {
        using ZipArchive zip = new(new MemoryStream(content));
        return [.. zip.Entries.Select(static entry => $"{entry.FullName} {Hash(entry)}").Order(StringComparer.Ordinal)];
    }

    private static string OwnFolder(FuzzSeed seed)
    {
        using ZipArchive zip = new(new MemoryStream(seed.Content));
        string weights = zip.Entries.Single(static entry => entry.Name.EndsWith(".safetensors", StringComparison.Ordinal)).FullName;
        return weights[..(weights.LastIndexOf('/') + 1)];
    }

    private static IEnumerable<string> Difference(byte[] sound, string path)
    {
        string[] before = Digest(sound);
        string[] after = Digest(File.ReadAllBytes(path));
        return after.Except(before).Concat(before.Except(after)).Select(static line => line.Split(' ')[0]).Distinct();
    }

    private static string Hash(ZipArchiveEntry entry)
    {
        try
        {
            using Stream stream = entry.Open();
            return Convert.ToHexString(SHA256.HashData(stream));
        }
        catch (Exception error) when (error is InvalidDataException or IOException or NotSupportedException)
        {
            return "unreadable";
        }
    }

    private sealed class PicturePath
    {
        public string TargetImagePath { get; set; } = string.Empty;
    }
}

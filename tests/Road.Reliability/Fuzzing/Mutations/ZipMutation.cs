using System.IO.Compression;

namespace Road.Reliability.Fuzzing.Mutations;

/// <summary>Damage to a zip archive that is a sound archive still: entries exchanged, removed, renamed, doubled, added, changed.</summary>
internal static class ZipMutation
{
    private static readonly DateTimeOffset Date = new(2018, 6, 18, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Damages an archive; null where it cannot be read.</summary>
    public static byte[]? TryMutate(byte[] content, byte[] other, Random random)
    {
        try
        {
            List<(string Name, byte[] Content)> entries = Read(content);
            return entries.Count == 0 ? null : Write(Mutate(entries, other, random), random);
        }
        catch (Exception error) when (error is InvalidDataException or IOException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private static List<(string Name, byte[] Content)> Mutate(List<(string Name, byte[] Content)> entries, byte[] other, Random random)
    {
        int place = random.Next(entries.Count);
        int twin = random.Next(entries.Count);
        (string name, byte[] content) = entries[place];
        switch (random.Next(9))
        {
            case 0:
                (entries[place], entries[twin]) = ((name, entries[twin].Content), (entries[twin].Name, content));
                break;
            case 1:
                entries.RemoveAt(place);
                break;
            case 2:
                entries[place] = (Renamed(name, random), content);
                break;
            case 3:
                entries.Insert(random.Next(entries.Count), (name, entries[twin].Content));
                break;
            case 4:
                entries.Add((Renamed(name, random), BytesMutation.Bytes(random, random.Next(64))));
                break;
            case 5:
                entries[place] = (name, []);
                break;
            default:
                entries[place] = (name, Mutator.Mutate(content, FormOf(name), other, random));
                break;
        }

        return entries;
    }

    private static FuzzForm FormOf(string name) => Path.GetExtension(name) switch
    {
        ".json" => FuzzForm.Json,
        ".safetensors" => FuzzForm.Safetensors,
        _ => FuzzForm.Bytes,
    };

    private static string Renamed(string name, Random random) => random.Next(5) switch
    {
        0 => name + "~",
        1 => "../" + name,
        2 => name.ToUpperInvariant(),
        3 => name.Replace('/', '\\') + "\\x",
        _ => name[..random.Next(name.Length)] + (char)random.Next('a', 'z' + 1),
    };

    private static List<(string Name, byte[] Content)> Read(byte[] archive)
    {
        using ZipArchive zip = new(new MemoryStream(archive));
        return [.. zip.Entries.Select(static entry =>
        {
            using Stream stream = entry.Open();
            using MemoryStream content = new();
            stream.CopyTo(content);
            return (entry.FullName, content.ToArray());
        })];
    }

    private static byte[] Write(List<(string Name, byte[] Content)> entries, Random random)
    {
        using MemoryStream stream = new();
        using (ZipArchive zip = new(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            // PyTorch's archives are stored, ML.NET's are compressed; both are read in either way.
            CompressionLevel level = random.Next(2) == 0 ? CompressionLevel.NoCompression : CompressionLevel.Fastest;
            foreach ((string name, byte[] content) in entries)
            {
                ZipArchiveEntry entry = zip.CreateEntry(name, level);
                entry.LastWriteTime = Date;
                using Stream entryStream = entry.Open();
                entryStream.Write(content);
            }
        }

        return stream.ToArray();
    }
}

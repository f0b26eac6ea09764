using System.Net.Http.Headers;

namespace Road.Torch.Weights.Download;

/// <summary>
/// The bytes of a file that have come so far, beside its place, and what the server said of the version that they
/// belong to. They outlive the process, so that the next one goes on where this one stopped.
/// </summary>
internal sealed class PartialFile
{
    private readonly string _destination;
    private readonly string _versionPath;

    public PartialFile(string destination)
    {
        _destination = destination;
        Path = destination + ".part";
        _versionPath = Path + ".version";
    }

    /// <summary>Where the bytes lie.</summary>
    public string Path { get; }

    /// <summary>How many bytes have come, 0 where there is no file.</summary>
    public long Length
    {
        get
        {
            FileInfo file = new(Path);
            return file.Exists ? file.Length : 0;
        }
    }

    /// <summary>
    /// The condition under which a server may send the rest alone; null where it told nothing that identifies the version.
    /// </summary>
    public RangeConditionHeaderValue? Version =>
        File.Exists(_versionPath)
            && RangeConditionHeaderValue.TryParse(File.ReadAllText(_versionPath), out RangeConditionHeaderValue? version)
            ? version
            : null;

    /// <summary>Begins again, with the version that a response states.</summary>
    public void Restart(HttpResponseMessage response)
    {
        // In this order no old byte is ever taken for one of the new version.
        Discard();
        if (response.Headers.ETag is { IsWeak: false } tag)
        {
            File.WriteAllText(_versionPath, tag.ToString());
        }
        else if (response.Content.Headers.LastModified is { } date)
        {
            File.WriteAllText(_versionPath, date.ToString("R"));
        }
    }

    /// <summary>Opens the file for bytes that follow the present ones. It has no buffer, whose bytes would die with the process.</summary>
    public FileStream Append() => new(Path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);

    /// <summary>Drops what has come.</summary>
    public void Discard()
    {
        File.Delete(Path);
        File.Delete(_versionPath);
    }

    /// <summary>Gives the file its name, in one step, over whatever has it.</summary>
    public void Complete()
    {
        using (FileStream file = new(Path, FileMode.Open, FileAccess.ReadWrite))
        {
            file.Flush(flushToDisk: true);
        }

        File.Move(Path, _destination, overwrite: true);
        File.Delete(_versionPath);
    }
}

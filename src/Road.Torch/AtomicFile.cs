namespace Road.Torch;

/// <summary>Writes files whole.</summary>
internal static class AtomicFile
{
    private const string TemporaryExtension = ".tmp";

    /// <summary>Writes a temporary file beside a file's place, to the disk, and renames it: a failure leaves what was there before.</summary>
    /// <param name="path">The file's path; an existing file is replaced.</param>
    /// <param name="write">Writes the content.</param>
    /// <param name="before">Is called before the file takes its place; null for nothing.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, Action<FileStream> write, Action? before = null)
    {
        string full = Path.GetFullPath(path);
        string temporary = $"{full}.{Guid.NewGuid():N}{TemporaryExtension}";
        try
        {
            using (FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            before?.Invoke();
            File.Move(temporary, full, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Deletes what processes that were killed while they wrote a file have left beside it; none may be writing it now.</summary>
    /// <param name="path">The file's path; its folder is there.</param>
    public static void DeleteLeftovers(string path)
    {
        string full = Path.GetFullPath(path);
        foreach (string leftover in Directory.GetFiles(Path.GetDirectoryName(full)!, $"{Path.GetFileName(full)}.*{TemporaryExtension}"))
        {
            File.Delete(leftover);
        }
    }
}

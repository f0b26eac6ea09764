using System.Text;

namespace Road.Examples;

/// <summary>Writes a file beside its place and renames it, so that a failure leaves what was there before.</summary>
internal static class AtomicFile
{
    /// <summary>Writes a file by whatever takes a path; its folder is made.</summary>
    public static void Write(string path, Action<string> write) => Write(path, Path.GetExtension(path), write);

    /// <summary>Writes a file by whatever takes a stream, all the way to the disk.</summary>
    public static void WriteStream(string path, Action<Stream> write) => Write(path, ".tmp", temporary =>
    {
        using FileStream stream = new(temporary, FileMode.CreateNew);
        write(stream);
        stream.Flush(flushToDisk: true);
    });

    /// <summary>Writes a file of text, UTF-8.</summary>
    public static void Write(string path, string text) => WriteStream(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    private static void Write(string path, string temporaryExtension, Action<string> write)
    {
        string full = Path.GetFullPath(path);
        string folder = Path.GetDirectoryName(full)!;
        Directory.CreateDirectory(folder);
        string temporary = Path.Combine(folder, $".{Guid.NewGuid():N}{temporaryExtension}");
        try
        {
            write(temporary);
            File.Move(temporary, full, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}

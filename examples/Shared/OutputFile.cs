using System.Text;
using Road.Files;

namespace Road.Examples;

/// <summary>Writes the files that the user asks for: whole or not at all, their folders made.</summary>
internal static class OutputFile
{
    /// <summary>Writes a file by whatever writes to a stream.</summary>
    /// <exception cref="IOException">The file cannot be written; the message names it.</exception>
    public static void Write(string path, Action<Stream> write) => AtomicFile.Write(path, write, makesFolder: true);

    /// <summary>Writes a file of text, UTF-8.</summary>
    /// <exception cref="IOException">The file cannot be written; the message names it.</exception>
    public static void Write(string path, string text) => Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
}

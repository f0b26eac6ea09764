using System.Text.RegularExpressions;

namespace Road.Files;

/// <summary>
/// Writes files whole: into a temporary file beside the place, to the disk, then renamed. A failure or a kill leaves what was there
/// before. What is no regular file, such as <c>/dev/null</c> or a pipe, is written straight into.
/// </summary>
internal static partial class AtomicFile
{
    private const string TemporaryPrefix = ".road-";
    private const string TemporaryExtension = ".tmp";

    private static readonly HashSet<string> CleanedFolders = [];

    /// <summary>Writes a file by whatever writes to a stream.</summary>
    /// <param name="path">
    /// The file's path; an existing file is replaced and keeps its permissions, and where it is a link, what it links to is.
    /// </param>
    /// <param name="write">Writes the content; the stream of what is no regular file may not seek.</param>
    /// <param name="makesFolder">Whether to make the file's folder where it is not there.</param>
    /// <param name="before">Is called before the file takes its place; null for nothing.</param>
    /// <exception cref="IOException">The file cannot be written; the message names it.</exception>
    public static void Write(string path, Action<Stream> write, bool makesFolder = false, Action? before = null)
    {
        string full = Path.GetFullPath(path);
        string? temporary = null;
        try
        {
            if (SpecialFile.OpenOwnOutput(full) is { } output)
            {
                using (output)
                {
                    write(output);
                }
            }
            else if (SpecialFile.IsAt(full))
            {
                using FileStream stream = new(full, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
                write(stream);
            }
            else
            {
                bool isLink = new FileInfo(full).LinkTarget is not null;
                string target = isLink ? File.ResolveLinkTarget(full, returnFinalTarget: true)!.FullName : full;
                string folder = Path.GetDirectoryName(target)!;
                if (makesFolder)
                {
                    Directory.CreateDirectory(folder);
                }

                temporary = TemporaryFile(folder);
                Replace(target, temporary, write, before);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException || IsTooLarge(error))
        {
            throw new IOException($"Cannot write '{path}': {Reason(error, temporary, path)}", error);
        }
    }

    /// <summary>A new name in a folder that <see cref="DeleteLeftovers"/> knows, for what another program writes.</summary>
    /// <param name="folder">The folder, which must be the finished file's.</param>
    public static string TemporaryFile(string folder) =>
        Path.Combine(folder, $"{TemporaryPrefix}{Guid.NewGuid():N}{TemporaryExtension}");

    /// <summary>
    /// Deletes what processes that were killed while they wrote files have left in a folder. Writing does so too, before the first file
    /// of each folder.
    /// </summary>
    /// <param name="path">A file of the folder, which is there.</param>
    public static void DeleteLeftovers(string path)
    {
        string full = Path.GetFullPath(path);
        foreach (string candidate in Directory.GetFiles(Path.GetDirectoryName(full)!, "*" + TemporaryExtension))
        {
            // Earlier versions began with the file's own name.
            string name = Path.GetFileName(candidate);
            string prefix = name.StartsWith(TemporaryPrefix, StringComparison.Ordinal) ? TemporaryPrefix : Path.GetFileName(full) + ".";
            if (name.StartsWith(prefix, StringComparison.Ordinal) && Suffix().IsMatch(name.AsSpan(prefix.Length)))
            {
                DeleteUnlessHeld(candidate);
            }
        }
    }

    private static void Replace(string target, string temporary, Action<Stream> write, Action? before)
    {
        string folder = Path.GetDirectoryName(target)!;
        if (File.Exists(target) && (File.GetAttributes(target) & FileAttributes.ReadOnly) != 0)
        {
            throw new UnauthorizedAccessException("The file is read-only.");
        }

        lock (CleanedFolders)
        {
            if (Directory.Exists(folder) && CleanedFolders.Add(folder))
            {
                DeleteLeftovers(target);
            }
        }

        try
        {
            // It stays open until it has its name: that others may delete it is a lock which keeps them from taking it for a leftover.
            using FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.Delete);
            if (!OperatingSystem.IsWindows() && File.Exists(target))
            {
                File.SetUnixFileMode(stream.SafeFileHandle, File.GetUnixFileMode(target));
            }

            write(stream);
            stream.Flush(flushToDisk: true);
            before?.Invoke();
            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            TryDelete(temporary);
            throw;
        }

        FolderEntries.Flush(folder);
    }

    private static void DeleteUnlessHeld(string leftover)
    {
        try
        {
            using FileStream held = new(leftover, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Another process is writing it, or it is not ours to delete: neither hinders what is written now.
        }
    }

    private static void TryDelete(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The error that led here is the one to tell.
        }
    }

    /// <summary>Whether it is what .NET throws where a file grows larger than its file system, or its user's share, allows.</summary>
    private static bool IsTooLarge(Exception error) =>
        error is ArgumentOutOfRangeException && error.TargetSite?.DeclaringType == typeof(RandomAccess);

    /// <summary>The system's words, of the file that the user knows.</summary>
    private static string Reason(Exception error, string? temporary, string path) => temporary is null
        ? error.Message
        : error.Message.Replace($" : '{temporary}'", string.Empty, StringComparison.Ordinal)
            .Replace(temporary, path, StringComparison.Ordinal);

    [GeneratedRegex(@"^[0-9a-f]{32}\.tmp$")]
    private static partial Regex Suffix();
}

namespace Road.MLNet.Data;

/// <summary>
/// Lists the files below a folder. What begins with a dot, which copies from macOS and writers that were killed leave, and what file
/// managers keep for themselves is left out. Links are followed, but no folder is entered twice.
/// </summary>
internal static class FolderFiles
{
    // As many as Linux follows.
    private const int MostLinks = 40;

    private static readonly string[] OfFileManagers = ["Thumbs.db", "ehthumbs.db", "desktop.ini"];

    /// <summary>The files as paths relative to the folder, with slashes, in ordinal order.</summary>
    /// <param name="root">The folder; it must exist.</param>
    /// <param name="excluded">Folders below it that are not entered.</param>
    public static string[] List(string root, params IEnumerable<string> excluded)
    {
        string realRoot = Resolve(root, 0);
        HashSet<string> closed = [.. excluded.Select(static folder => Resolve(folder, 0)).Where(folder => folder != realRoot)];
        List<string> files = [];

        // Links wait until the folders themselves are through: of two ways to one folder, the plain one counts.
        Queue<string> links = new([string.Empty]);
        while (links.TryDequeue(out string? place))
        {
            Stack<string> folders = new([place]);
            while (folders.TryPop(out string? folder))
            {
                DirectoryInfo directory = new(Path.Combine(root, folder));
                if (!closed.Add(Resolve(directory.FullName, 0)))
                {
                    continue;
                }

                IEnumerable<FileSystemInfo> entries = directory.EnumerateFileSystemInfos().Where(IsListed);
                foreach (FileSystemInfo entry in entries.OrderBy(static entry => entry.Name, StringComparer.Ordinal))
                {
                    string name = folder.Length == 0 ? entry.Name : $"{folder}/{entry.Name}";
                    if (entry is FileInfo)
                    {
                        files.Add(name);
                    }
                    else if (entry.LinkTarget is not null)
                    {
                        links.Enqueue(name);
                    }
                    else
                    {
                        folders.Push(name);
                    }
                }
            }
        }

        files.Sort(StringComparer.Ordinal);
        return [.. files];
    }

    private static bool IsListed(FileSystemInfo entry) =>
        !entry.Name.StartsWith('.') && !OfFileManagers.Contains(entry.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>A folder's path without links. What leads in a circle stands for itself; entering it fails.</summary>
    private static string Resolve(string path, int links)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (Path.GetDirectoryName(full) is not { } parent || links > MostLinks)
        {
            return full;
        }

        string real = Resolve(parent, links);
        string here = Path.Combine(real, Path.GetFileName(full));
        return new DirectoryInfo(here).LinkTarget is { } target ? Resolve(Path.GetFullPath(target, real), links + 1) : here;
    }
}

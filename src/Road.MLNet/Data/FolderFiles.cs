using System.IO.Enumeration;

namespace Road.MLNet.Data;

/// <summary>
/// Lists the files below a folder. What begins with a dot, which copies from macOS and writers that were killed leave, and what file
/// managers keep for themselves is left out. Links are followed, but no folder is entered twice.
/// </summary>
internal static class FolderFiles
{
    // As many as Linux follows.
    private const int MostLinks = 40;

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> OfFileManagers =
        new HashSet<string>(
            ["Thumbs.db", "ehthumbs.db", "desktop.ini"], StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

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
            List<string> linked = [];
            while (folders.TryPop(out string? folder))
            {
                string directory = Path.Combine(root, folder);
                if (!closed.Add(Resolve(directory, 0)))
                {
                    continue;
                }

                List<string> inside = [];
                foreach ((string entry, Kind kind) in List(directory))
                {
                    string name = folder.Length == 0 ? entry : $"{folder}/{entry}";
                    (kind switch { Kind.File => files, Kind.Folder => inside, _ => linked }).Add(name);
                }

                inside.Sort(StringComparer.Ordinal);
                inside.ForEach(folders.Push);
            }

            linked.Sort(StringComparer.Ordinal);
            linked.ForEach(links.Enqueue);
        }

        files.Sort(StringComparer.Ordinal);
        return [.. files];
    }

    /// <summary>
    /// What lies in a folder. A set has tens of thousands of files, and <see cref="FileInfo"/> for each would be most of its listing.
    /// </summary>
    private static FileSystemEnumerable<(string Name, Kind Kind)> List(string folder) => new(
        folder,
        static (ref entry) => (entry.FileName.ToString(), KindOf(ref entry)),
        new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false })
    {
        ShouldIncludePredicate = static (ref entry) => !entry.FileName.StartsWith('.') && !OfFileManagers.Contains(entry.FileName),
    };

    private static Kind KindOf(ref FileSystemEntry entry) =>
        !entry.IsDirectory ? Kind.File : entry.Attributes.HasFlag(FileAttributes.ReparsePoint) ? Kind.Link : Kind.Folder;

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

    private enum Kind
    {
        File,
        Folder,
        Link,
    }
}

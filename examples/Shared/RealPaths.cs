namespace Road.Examples;

/// <summary>Tells whether paths lead to one place: links are followed, and letters compared as the folder at hand compares them.</summary>
internal sealed class RealPaths
{
    // As many as Linux follows.
    private const int MostLinks = 40;

    private readonly Dictionary<string, Place> _folders = new(StringComparer.Ordinal);

    /// <summary>A text that is the same for two paths just where they lead to one place, whether something is there or not.</summary>
    /// <exception cref="IOException">Links lead in a circle.</exception>
    public string Key(string path) => Find(Path.GetFullPath(path), 0).Key;

    private Place Find(string path, int links)
    {
        if (links > MostLinks)
        {
            throw new IOException($"The links of '{path}' lead in a circle.");
        }

        string full = Path.TrimEndingDirectorySeparator(path);
        if (Path.GetDirectoryName(full) is not { } parent)
        {
            return new Place(full, full, OperatingSystem.IsWindows() || OperatingSystem.IsMacOS());
        }

        Place folder = FindFolder(parent, links);
        string name = Path.GetFileName(full);
        string here = Path.Combine(folder.Path, name);
        return new FileInfo(here).LinkTarget is { } target
            ? Find(Path.GetFullPath(target, folder.Path), links + 1)
            : new Place(here, Path.Combine(folder.Key, folder.IgnoresCase ? name.ToUpperInvariant() : name), folder.IgnoresCase);
    }

    private Place FindFolder(string path, int links)
    {
        if (!_folders.TryGetValue(path, out Place? folder))
        {
            folder = Find(path, links);
            folder = folder with { IgnoresCase = IgnoresCase(folder.Path) ?? folder.IgnoresCase };
            _folders.Add(path, folder);
        }

        return folder;
    }

    /// <summary>Whether a folder takes a name in other letters for the same; null where it has no name to try it on.</summary>
    private static bool? IgnoresCase(string folder)
    {
        try
        {
            if (!Directory.Exists(folder))
            {
                return null;
            }

            string? some = Directory.EnumerateFileSystemEntries(folder)
                .FirstOrDefault(static entry => Path.GetFileName(entry).Any(char.IsAsciiLetter));
            if (some is null)
            {
                return null;
            }

            string other = Path.Combine(folder, string.Concat(Path.GetFileName(some).Select(static letter =>
                char.IsAsciiLetterLower(letter) ? char.ToUpperInvariant(letter) : char.ToLowerInvariant(letter))));
            return Path.Exists(other) && !Directory.EnumerateFileSystemEntries(folder).Contains(other, StringComparer.Ordinal);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Where a path leads, what stands for it in comparisons, and whether letters' case is nothing there.</summary>
    private sealed record Place(string Path, string Key, bool IgnoresCase);
}

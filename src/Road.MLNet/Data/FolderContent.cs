using System.Globalization;

namespace Road.MLNet.Data;

/// <summary>Says what a folder holds, for the error of one who looked for something else there.</summary>
internal static class FolderContent
{
    private const int NamesShown = 5;

    /// <summary>What a folder holds, such as <c>it holds the folders gtFine, x and 2 files (a.txt, b.zip)</c>.</summary>
    public static string Describe(string folder)
    {
        string[] folders = Names(Directory.GetDirectories(folder));
        string[] files = Names(Directory.GetFiles(folder));
        string inFolders = Count(folders.Length, "folder") + (folders.Length > 0 ? $" ({Shorten(folders)})" : string.Empty);
        string inFiles = Count(files.Length, "file") + (files.Length > 0 ? $" ({Shorten(files)})" : string.Empty);
        return $"it holds {inFolders} and {inFiles}";
    }

    /// <summary>The first of some names, with dots where there are more.</summary>
    public static string Shorten(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(NamesShown)) + (names.Count > NamesShown ? ", ..." : string.Empty);

    private static string[] Names(string[] paths) => [.. paths.Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private static string Count(int count, string kind) => count switch
    {
        0 => $"no {kind}",
        1 => $"1 {kind}",
        _ => string.Create(CultureInfo.InvariantCulture, $"{count} {kind}s"),
    };
}

using Road.Files;

namespace Experiments;

/// <summary>Experiment files by path, and by name those that come with the program.</summary>
internal static class ExperimentFiles
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "experiments");

    /// <summary>The files that come with the program, in the order of their names.</summary>
    public static IReadOnlyList<string> All => [.. Directory.GetFiles(Folder, "*.json").Order(StringComparer.Ordinal)];

    public static string Find(string pathOrName)
    {
        if (File.Exists(pathOrName))
        {
            return pathOrName;
        }

        string known = Path.Combine(Folder, pathOrName + ".json");
        return File.Exists(known)
            ? known
            : throw new ExperimentException(
                $"There is no experiment file '{pathOrName}', and none of that name; known are "
                + $"{string.Join(", ", All.Select(Path.GetFileNameWithoutExtension))}"
                + NearestName.Ask(pathOrName, All.Select(Path.GetFileNameWithoutExtension).OfType<string>()));
    }
}

namespace Experiments.Results;

/// <summary>Where the results of an experiment lie that no option places.</summary>
internal static class ResultFolders
{
    /// <summary>Where runs write.</summary>
    public static string Default { get; } = Path.Combine("out", "experiments");

    /// <summary>
    /// The folder of an experiment's results: below the one that was asked for; else those that were made here, and where there are none
    /// those in the repository, if the program or the user stands in it.
    /// </summary>
    /// <param name="output">The folder that was asked for; null for none.</param>
    /// <param name="experiment">The experiment's name.</param>
    public static string Find(string? output, string experiment)
    {
        string own = Path.GetFullPath(Path.Combine(output ?? Default, experiment));
        return output is not null || Directory.Exists(Path.Combine(own, "runs"))
            ? own
            : Committed(experiment) ?? own;
    }

    private static string? Committed(string experiment)
    {
        foreach (string start in (string[])[Environment.CurrentDirectory, AppContext.BaseDirectory])
        {
            for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
            {
                string results = Path.Combine(folder.FullName, "examples", "Experiments", "results", experiment);
                if (Directory.Exists(Path.Combine(results, "runs")))
                {
                    return results;
                }
            }
        }

        return null;
    }
}

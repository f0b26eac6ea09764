using System.Text.RegularExpressions;
using Road.MLNet.Tests.Processes;

namespace Road.MLNet.Tests.Architecture;

/// <summary>The folders in the order of the drawing in <c>docs/architecture.md</c>: each needs only those after it.</summary>
internal static partial class FolderOrder
{
    /// <summary>Reads the drawing, the page's first block: lines of a project where it changes, a folder, and what lies there.</summary>
    /// <returns>The folders, project first; a project alone where its root is meant.</returns>
    /// <exception cref="InvalidDataException">A line of the drawing has another form.</exception>
    public static IReadOnlyList<string> Read()
    {
        string[] lines = File.ReadAllLines(Path.Combine(OutsiderProject.RepositoryRoot, "docs", "architecture.md"));
        List<string> folders = [];
        string project = "";
        foreach (string line in lines.SkipWhile(static line => line != "```").Skip(1).TakeWhile(static line => line != "```")
            .Where(static line => line.Length > 0))
        {
            Match match = Line().Match(line);
            if (!match.Success)
            {
                throw new InvalidDataException($"The drawing has a line of another form: {line}");
            }

            project = match.Groups["project"].Success ? match.Groups["project"].Value : project;
            string folder = match.Groups["folder"].Value;
            folders.Add(folder == "(root)" ? project : $"{project}/{folder}");
        }

        return folders;
    }

    [GeneratedRegex(@"^((?<project>\S+) +| +)(?<folder>\S+) {2,}\S.*$")]
    private static partial Regex Line();
}

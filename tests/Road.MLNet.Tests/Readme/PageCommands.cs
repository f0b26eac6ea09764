using System.Text.RegularExpressions;
using Road.MLNet.Tests.Processes;

namespace Road.MLNet.Tests.Readme;

/// <summary>The commands that a page gives: those of the examples, and those of the tool that Streets is packed as.</summary>
internal static partial class PageCommands
{
    /// <summary>The pages with commands: of the repository, of its documents, examples and packages.</summary>
    public static IEnumerable<string> Pages =>
        Directory.EnumerateFiles(OutsiderProject.RepositoryRoot, "*.md")
            .Concat(Directory.EnumerateFiles(Path.Combine(OutsiderProject.RepositoryRoot, "docs"), "*.md"))
            .Concat(Directory.EnumerateDirectories(Path.Combine(OutsiderProject.RepositoryRoot, "examples"))
                .Select(static folder => Path.Combine(folder, "README.md")).Where(File.Exists))
            .Concat(Directory.EnumerateFiles(
                Path.Combine(OutsiderProject.RepositoryRoot, "src"), "README.md", SearchOption.AllDirectories));

    /// <summary>A page's commands in order, each a program and its words; those with dots in the place of words are left out.</summary>
    public static IEnumerable<(string Program, string[] Words)> Of(string page) =>
        from Match match in Command().Matches(Joints().Replace(File.ReadAllText(page).ReplaceLineEndings("\n"), " "))
        where !match.Value.Contains("...", StringComparison.Ordinal)
        let words = Words().Matches(match.Groups[2].Value).Select(static word => word.Value.Trim('"', '\''))
        select (match.Groups[1] is { Success: true } example ? example.Value : "Streets", words.ToArray());

    [GeneratedRegex(
        @"^    (?:dotnet run -c Release --project examples/(Streets|Experiments|QuickStart)(?: -p:\S+)?(?: --)?|streets)(?: (.+))?$",
        RegexOptions.Multiline)]
    private static partial Regex Command();

    [GeneratedRegex(@"\s*\\\n\s*")]
    private static partial Regex Joints();

    [GeneratedRegex("""[^\s"']+|"[^"]*"|'[^']*'""")]
    private static partial Regex Words();
}

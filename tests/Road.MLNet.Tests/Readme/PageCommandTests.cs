using System.Text.RegularExpressions;
using Road.MLNet.Tests.Processes;

namespace Road.MLNet.Tests.Readme;

/// <summary>Every command of a page is one that its program understands.</summary>
[TestClass]
public sealed partial class PageCommandTests
{
    /// <summary>Pages with commands; those of a whole story are run by tests of their own as well.</summary>
    public static IEnumerable<object[]> Commands =>
        from page in Directory.EnumerateFiles(OutsiderProject.RepositoryRoot, "*.md")
            .Concat(Directory.EnumerateFiles(Path.Combine(OutsiderProject.RepositoryRoot, "docs"), "*.md"))
            .Concat(Directory.EnumerateDirectories(Path.Combine(OutsiderProject.RepositoryRoot, "examples"))
                .Select(static folder => Path.Combine(folder, "README.md")).Where(File.Exists))
            .Concat(Directory.EnumerateFiles(Path.Combine(OutsiderProject.RepositoryRoot, "src"), "README.md", SearchOption.AllDirectories))
        from Match match in Command().Matches(Joints().Replace(File.ReadAllText(page).ReplaceLineEndings("\n"), " "))
        let arguments = match.Groups[2].Value.Trim()
        where !arguments.Contains("...", StringComparison.Ordinal)
        select new object[] { Path.GetFileName(page), match.Groups[1] is { Success: true } example ? example.Value : "Streets", arguments };

    [TestMethod]
    public void ThePagesHaveCommands() => Assert.IsGreaterThan(9, Commands.Count());

    [TestMethod]
    [DynamicData(nameof(Commands))]
    public void TheProgramUnderstandsTheCommand(string page, string program, string arguments)
    {
        string[] words = [.. Words().Matches(arguments).Select(static word => word.Value.Trim('"', '\''))];

        // The directive shows how the command line is understood, and does nothing.
        (int exitCode, string output, string errors) = Programs.Run(Programs.Example(program), ["[diagram]", .. words]);
        Assert.AreEqual(0, exitCode, $"{page}: {arguments}: {errors}");
        StringAssert.Contains(output, words[0], StringComparison.Ordinal);
    }

    /// <summary>An example's command, or one of the tool that Streets is packed as.</summary>
    [GeneratedRegex(
        @"^    (?:dotnet run -c Release --project examples/(Streets|Experiments)(?: -p:\S+)? --|streets) (.+)$", RegexOptions.Multiline)]
    private static partial Regex Command();

    [GeneratedRegex(@"\s*\\\n\s*")]
    private static partial Regex Joints();

    [GeneratedRegex("""[^\s"']+|"[^"]*"|'[^']*'""")]
    private static partial Regex Words();
}

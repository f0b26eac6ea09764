using System.Text.RegularExpressions;
using Road.MLNet.Tests.Processes;

namespace Road.MLNet.Tests.Readme;

/// <summary>The page of messages quotes those that the code has.</summary>
[TestClass]
public sealed partial class TroubleshootingTests
{
    [TestMethod]
    public void EveryMessageOfThePageIsOneOfTheCode()
    {
        string page = File.ReadAllText(Path.Combine(OutsiderProject.RepositoryRoot, "docs/troubleshooting.md"));
        string code = string.Concat(
            new[] { "src", "examples" }
                .SelectMany(folder => Directory.EnumerateFiles(
                    Path.Combine(OutsiderProject.RepositoryRoot, folder), "*.cs", SearchOption.AllDirectories))
                .Where(static file => !file.Split(Path.DirectorySeparatorChar).Contains("obj"))
                .Select(File.ReadAllText));

        // A message that is longer than a line stands in the code in pieces.
        string joined = Pieces().Replace(code, string.Empty);
        string[] messages = [.. Message().Matches(page).Select(static match => match.Groups[1].Value)];
        Assert.IsGreaterThan(20, messages.Length);
        foreach (string message in messages)
        {
            foreach (string part in message.Split("...", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                bool said = joined.Contains(part.Trim('\'', '(', ')', ' '), StringComparison.Ordinal);
                Assert.IsTrue(said, $"{message}: no code says '{part}'.");
            }
        }
    }

    [GeneratedRegex(@"\*\*`([^`]+)`\*\*")]
    private static partial Regex Message();

    [GeneratedRegex("\"\\s*\\+\\s*\\$?\"")]
    private static partial Regex Pieces();
}

using System.Text;
using System.Text.RegularExpressions;
using Road.MLNet.Tests.Processes;

namespace Road.MLNet.Tests.Readme;

[TestClass]
public sealed partial class ReadmeTests
{
    [TestMethod]
    [DataRow("ReadmePipeline.cs", "README", "        ", 18, "README.md")]
    [DataRow("OwnMethodTests.cs", "README", "        ", 0, "README.md")]
    [DataRow("OwnMethodTests.cs", "README", "        ", 0, "docs/method.md")]
    [DataRow("OwnMethodTests.cs", "README", "        ", 0, "docs/your-method.md")]
    [DataRow("ReadmePipeline.cs", "Package", "        ", 8, "src/Road.MLNet/README.md")]
    [DataRow("ReadmePipeline.cs", "In memory", "        ", 3, "docs/data.md")]
    [DataRow("ReadmePipeline.cs", "Published sets", "        ", 8, "docs/data.md")]
    [DataRow("ReadmePipeline.cs", "Scoring", "        ", 8, "docs/scoring.md")]
    [DataRow("ReadmePipeline.cs", "Engine", "        ", 2, "docs/scoring.md")]
    [DataRow("OnnxScorer.cs", "README", "", 4, "docs/onnx.md")]
    [DataRow("WatchingTests.cs", "README", "        ", 3, "docs/watching.md")]
    [DataRow("ImageSharpPageTests.cs", "Scoring", "        ", 6, "docs/imagesharp.md")]
    [DataRow("ImageSharpPageTests.cs", "Loading", "        ", 1, "docs/imagesharp.md")]
    public void ThePagesShowTheCodeThatIsCompiled(string file, string part, string indent, int atLeast, string page)
    {
        string[] compiled = [.. Read(file).Split('\n')
            .SkipWhile(line => !line.Contains($"{part} begin", StringComparison.Ordinal)).Skip(1)
            .TakeWhile(line => !line.Contains($"{part} end", StringComparison.Ordinal))
            .Select(line => line.StartsWith(indent, StringComparison.Ordinal) ? line[indent.Length..] : line)];

        Assert.IsGreaterThan(atLeast, compiled.Length);
        StringAssert.Contains(Read(page), string.Join('\n', compiled) + "\n```");
    }

    [TestMethod]
    [DataRow("CorrelationAlignment.cs", "docs/your-method.md")]
    [DataRow("MixerFactory.cs", "docs/your-network.md")]
    [DataRow("PatchMixer.cs", "docs/your-network.md")]
    [DataRow("MixerNetwork.cs", "docs/your-network.md")]
    public void ThePagesShowWholeTypesThatAreCompiled(string file, string page)
    {
        string source = File.ReadAllText(Path.Combine(OutsiderProject.RepositoryRoot, "tests/Road.MLNet.Tests.Extension", file));
        string[] type = [.. source.ReplaceLineEndings("\n").TrimEnd().Split('\n')
            .SkipWhile(static line => !line.Contains(" sealed class ", StringComparison.Ordinal))];

        Assert.IsGreaterThan(4, type.Length);
        StringAssert.Contains(Read(page), "```csharp\n" + string.Join('\n', type) + "\n```");
    }

    [TestMethod]
    public void NoPageHasCodeThatIsNotCompared()
    {
        int blocks = Pages.Sum(page => Read(page).Split("```csharp\n").Length - 1);
        Assert.AreEqual(17, blocks, "Every block of C# is a row of one of the tests above.");
    }

    [TestMethod]
    public void EveryLinkOfAPageLeadsToAFile()
    {
        foreach (string page in Pages)
        {
            string folder = Path.Combine(OutsiderProject.RepositoryRoot, Path.GetDirectoryName(page)!);
            foreach (Match link in Link().Matches(Read(page)))
            {
                string target = link.Groups[1].Value;
                Assert.IsTrue(
                    target.StartsWith("https://", StringComparison.Ordinal)
                        || Path.Exists(Path.Combine(folder, target.Split('#')[0])), $"{page}: {target}");
            }
        }
    }

    [TestMethod]
    public void TheReadmeIsShort() => Assert.IsLessThanOrEqualTo(9 * 1024, Encoding.UTF8.GetByteCount(Read("README.md")));

    private static IEnumerable<string> Pages =>
        typeof(ReadmeTests).Assembly.GetManifestResourceNames().Where(static name => name.EndsWith(".md", StringComparison.Ordinal));

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    private static string Read(string name)
    {
        using Stream stream = typeof(ReadmeTests).Assembly.GetManifestResourceStream(name)!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}

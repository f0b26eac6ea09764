namespace Road.MLNet.Tests.Readme;

[TestClass]
public sealed class ReadmeTests
{
    private const string Indent = "        ";

    [TestMethod]
    [DataRow("README", 20)]
    [DataRow("Published sets", 8)]
    public void TheReadmeShowsTheCodeThatIsCompiled(string part, int atLeast)
    {
        string[] compiled = [.. Read("ReadmePipeline.cs").Split('\n')
            .SkipWhile(line => !line.Contains($"{part} begin", StringComparison.Ordinal)).Skip(1)
            .TakeWhile(line => !line.Contains($"{part} end", StringComparison.Ordinal))
            .Select(line => line.StartsWith(Indent, StringComparison.Ordinal) ? line[Indent.Length..] : line)];

        Assert.IsGreaterThan(atLeast, compiled.Length);
        StringAssert.Contains(Read("README.md"), string.Join('\n', compiled));
    }

    private static string Read(string name)
    {
        using Stream stream = typeof(ReadmeTests).Assembly.GetManifestResourceStream(name)!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}

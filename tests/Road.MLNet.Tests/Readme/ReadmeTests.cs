namespace Road.MLNet.Tests.Readme;

[TestClass]
public sealed class ReadmeTests
{
    [TestMethod]
    [DataRow("ReadmePipeline.cs", "README", "        ", 20)]
    [DataRow("ReadmePipeline.cs", "Published sets", "        ", 8)]
    [DataRow("OnnxScorer.cs", "README", "", 4)]
    public void TheReadmeShowsTheCodeThatIsCompiled(string file, string part, string indent, int atLeast)
    {
        string[] compiled = [.. Read(file).Split('\n')
            .SkipWhile(line => !line.Contains($"{part} begin", StringComparison.Ordinal)).Skip(1)
            .TakeWhile(line => !line.Contains($"{part} end", StringComparison.Ordinal))
            .Select(line => line.StartsWith(indent, StringComparison.Ordinal) ? line[indent.Length..] : line)];

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

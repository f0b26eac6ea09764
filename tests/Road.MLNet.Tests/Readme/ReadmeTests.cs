namespace Road.MLNet.Tests.Readme;

[TestClass]
public sealed class ReadmeTests
{
    [TestMethod]
    [DataRow("ReadmePipeline.cs", "        ")]
    [DataRow("OnnxScorer.cs", "")]
    public void TheReadmeShowsThePipelinesThatAreCompiled(string file, string indent)
    {
        string[] compiled = [.. Read(file).Split('\n')
            .SkipWhile(line => !line.Contains("README begins", StringComparison.Ordinal)).Skip(1)
            .TakeWhile(line => !line.Contains("README ends", StringComparison.Ordinal))
            .Select(line => line.StartsWith(indent, StringComparison.Ordinal) ? line[indent.Length..] : line)];

        Assert.IsGreaterThan(4, compiled.Length);
        StringAssert.Contains(Read("README.md"), string.Join('\n', compiled));
    }

    private static string Read(string name)
    {
        using Stream stream = typeof(ReadmeTests).Assembly.GetManifestResourceStream(name)!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}

namespace Road.MLNet.Tests.Readme;

[TestClass]
public sealed class ReadmeTests
{
    private const string Indent = "        ";

    [TestMethod]
    public void TheReadmeShowsThePipelineThatIsCompiled()
    {
        string[] compiled = [.. Read("ReadmePipeline.cs").Split('\n')
            .SkipWhile(line => !line.Contains("README begins", StringComparison.Ordinal)).Skip(1)
            .TakeWhile(line => !line.Contains("README ends", StringComparison.Ordinal))
            .Select(line => line.StartsWith(Indent, StringComparison.Ordinal) ? line[Indent.Length..] : line)];

        Assert.IsGreaterThan(20, compiled.Length);
        StringAssert.Contains(Read("README.md"), string.Join('\n', compiled));
    }

    private static string Read(string name)
    {
        using Stream stream = typeof(ReadmeTests).Assembly.GetManifestResourceStream(name)!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}

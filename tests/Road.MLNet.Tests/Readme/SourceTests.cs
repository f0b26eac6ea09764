using Road.MLNet.Tests.Processes;

namespace Road.MLNet.Tests.Readme;

[TestClass]
public sealed class SourceTests
{
    private const int LongestLine = 140;

    [TestMethod]
    public void NoLineIsLongerThan140Characters()
    {
        string[] files =
        [
            .. new[] { "src", "tests", "examples" }
                .SelectMany(static folder => Directory.EnumerateFiles(
                    Path.Combine(OutsiderProject.RepositoryRoot, folder), "*.cs", SearchOption.AllDirectories))
                .Where(static file => !IsBuilt(file)),
        ];
        string[] tooLong =
        [
            .. files.SelectMany(static file => File.ReadLines(file).Index()
                .Where(static line => line.Item.Length > LongestLine)
                .Select(line => $"{file}:{line.Index + 1}")),
        ];

        Assert.IsGreaterThan(500, files.Length);
        Assert.IsEmpty(tooLong, string.Join('\n', tooLong));
    }

    private static bool IsBuilt(string file) => file.Split(Path.DirectorySeparatorChar).Any(static part => part is "bin" or "obj");
}

namespace Road.Tests;

/// <summary>Finds data sets, which are not part of the repository.</summary>
internal static class TestData
{
    private const string Variable = "ROAD_DATA";

    /// <summary>
    /// The path of a data set or file in the folder that ROAD_DATA names or, where that is not set, in the nearest
    /// <c>shared/data</c> on the way up from the test's folder. A test whose data is nowhere ends as inconclusive.
    /// </summary>
    public static string Find(string name)
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder)
        {
            string path = Path.Combine(folder, name);
            return Path.Exists(path) ? path : throw new AssertInconclusiveException($"{Variable} is '{folder}', which has no '{name}'.");
        }

        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            string path = Path.Combine(directory.FullName, "shared", "data", name);
            if (Path.Exists(path))
            {
                return path;
            }
        }

        throw new AssertInconclusiveException(
            $"No shared/data/{name} on the way up from '{AppContext.BaseDirectory}', and {Variable} is not set.");
    }
}

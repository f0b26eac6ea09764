namespace Road.MLNet.Tests;

/// <summary>Finds the real data sets that some tests read; they are not part of the repository.</summary>
internal static class TestData
{
    /// <summary>Gives the folder of a data set, or ends the test as inconclusive.</summary>
    public static string Find(string name)
    {
        string? root = Environment.GetEnvironmentVariable("ROAD_DATA");
        if (root is not null)
        {
            string path = Path.Combine(root, name);
            if (!Path.Exists(path))
            {
                Assert.Inconclusive($"ROAD_DATA is '{root}', which has no '{name}'.");
            }

            return path;
        }

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, "shared", "data", name);
            if (Path.Exists(path))
            {
                return path;
            }
        }

        Assert.Inconclusive($"The data set '{name}' is not here: set ROAD_DATA to the folder that holds it.");
        return string.Empty;
    }
}

namespace Road.Torch.Tests;

/// <summary>Finds the data that is too large or too restricted to lie in the repository.</summary>
internal static class TestData
{
    private const string Variable = "ROAD_DATA";

    /// <summary>Gives the path of a file or folder of the data, or ends the test as inconclusive where it is absent.</summary>
    public static string Find(string relativePath)
    {
        foreach (string root in Roots())
        {
            string path = Path.Combine(root, relativePath);
            if (Path.Exists(path))
            {
                return path;
            }
        }

        Assert.Inconclusive($"There is no '{relativePath}' in the folder that {Variable} names, nor in a 'shared/data' folder above or beside this one.");
        return string.Empty;
    }

    private static IEnumerable<string> Roots()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
        {
            yield return named;
        }

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            yield return Path.Combine(folder.FullName, "shared", "data");
        }
    }
}

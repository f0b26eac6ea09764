namespace Road.MLNet;

/// <summary>Some of the classes, told by their names.</summary>
internal static class ClassSubset
{
    /// <summary>The places of the named classes among all.</summary>
    /// <exception cref="ArgumentException">A name is not that of a class or is given twice, or there is none.</exception>
    public static IReadOnlyList<int> Indices(IReadOnlyList<string> all, IEnumerable<string> classNames)
    {
        ArgumentNullException.ThrowIfNull(classNames);
        var indices = new List<int>();
        foreach (string name in classNames)
        {
            int index = all.TakeWhile(other => other != name).Count();
            if (index == all.Count)
            {
                throw new ArgumentException($"There is no class '{name}'; the classes are {string.Join(", ", all)}.", nameof(classNames));
            }

            if (indices.Contains(index))
            {
                throw new ArgumentException($"The class '{name}' is given twice.", nameof(classNames));
            }

            indices.Add(index);
        }

        return indices.Count > 0 ? indices : throw new ArgumentException("At least one class must be given.", nameof(classNames));
    }
}

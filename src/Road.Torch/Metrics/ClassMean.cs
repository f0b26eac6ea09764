namespace Road.Torch.Metrics;

/// <summary>Means over classes, of which those that do not occur are left out.</summary>
internal static class ClassMean
{
    /// <summary>The mean of the values that are not NaN; NaN where there is none.</summary>
    public static double Of(IEnumerable<double> values) =>
        values.Where(static value => !double.IsNaN(value)).DefaultIfEmpty(double.NaN).Average();

    /// <summary>The mean over some of the classes.</summary>
    /// <param name="values">A value of each class; NaN where the class does not occur.</param>
    /// <param name="classes">The classes, 0 to K - 1, each once.</param>
    /// <exception cref="ArgumentException">A class is out of range or given twice, or there is none.</exception>
    public static double Of(IReadOnlyList<double> values, IEnumerable<int> classes)
    {
        HashSet<int> chosen = [];
        foreach (int index in classes)
        {
            if (index < 0 || index >= values.Count)
            {
                throw new ArgumentOutOfRangeException(nameof(classes), index, $"A class must be 0 to {values.Count - 1}.");
            }

            if (!chosen.Add(index))
            {
                throw new ArgumentException($"The class {index} is given twice.", nameof(classes));
            }
        }

        return chosen.Count == 0
            ? throw new ArgumentException("At least one class must be given.", nameof(classes))
            : Of(chosen.Select(index => values[index]));
    }
}

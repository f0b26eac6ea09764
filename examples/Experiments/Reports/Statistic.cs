using System.Globalization;

namespace Experiments.Reports;

/// <summary>Mean and standard deviation (of a sample, n - 1) of a share over seeds, 0 to 1.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="Deviation">The standard deviation; null for one seed, which has none.</param>
internal readonly record struct Statistic(double Mean, double? Deviation)
{
    /// <summary>Of some values; null where there is none.</summary>
    public static Statistic? Of(IEnumerable<double> values)
    {
        double[] all = [.. values];
        if (all.Length == 0)
        {
            return null;
        }

        double mean = all.Average();
        return new Statistic(
            mean, all.Length == 1 ? null : Math.Sqrt(all.Sum(value => (value - mean) * (value - mean)) / (all.Length - 1)));
    }

    /// <summary>The mean in per cent as it is shown.</summary>
    public double Shown => Math.Round(100 * Mean, 1, MidpointRounding.AwayFromZero);

    /// <summary>In per cent, such as <c>26.3 ± 0.5</c>.</summary>
    public override string ToString() => Deviation is { } deviation
        ? string.Create(CultureInfo.InvariantCulture, $"{Shown:0.0} ± {100 * deviation:0.0}")
        : string.Create(CultureInfo.InvariantCulture, $"{Shown:0.0}");
}

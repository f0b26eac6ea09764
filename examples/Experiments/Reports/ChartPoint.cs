namespace Experiments.Reports;

/// <summary>A point of a chart, in per cent.</summary>
/// <param name="X">Its place on the horizontal axis: a number, or an index where the axis has labels.</param>
/// <param name="Y">The mean.</param>
/// <param name="Deviation">The standard deviation, 0 where there is none.</param>
/// <param name="Seeds">The single values, drawn where they are given.</param>
internal sealed record ChartPoint(double X, double Y, double Deviation, IReadOnlyList<double> Seeds)
{
    public static ChartPoint Of(double x, Statistic score, IEnumerable<double>? seeds = null) =>
        new(x, 100 * score.Mean, 100 * (score.Deviation ?? 0), [.. (seeds ?? []).Select(static seed => 100 * seed)]);
}

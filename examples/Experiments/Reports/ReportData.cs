using Experiments.Results;

namespace Experiments.Reports;

/// <summary>The results of an experiment, row by row.</summary>
internal sealed class ReportData
{
    private const string Baseline = "none";
    private const string UpperBound = "upper-bound";

    public ReportData(IReadOnlyList<RunResult> runs)
    {
        First = runs[0];
        Runs = runs;
        ClassNames = [.. First.ClassIoU.Keys];
        Rows = [.. runs.Where(static run => run.Sweep is null).GroupBy(static run => run.Name)
            .OrderBy(static group => VariantTitles.Place(group.Key)).Select(static group => new ReportRow(group))];
        Sweeps = [.. runs.Where(static run => run.Sweep is not null)
            .GroupBy(static run => (run.Variant, run.Sweep!.Option))
            .OrderBy(static group => group.Key)
            .Select(group => new ReportSweep(group.Key.Variant, group.Key.Option, group, Find(group.Key.Variant)))];
    }

    /// <summary>What was found in the results.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>What lies where in the domains; null where it was not counted.</summary>
    public DomainLayout? Layout { get; init; }

    /// <summary>The rows of the experiment that have seeds without a finished run, and these seeds.</summary>
    public IReadOnlyList<(string Name, IReadOnlyList<int> Seeds)> Missing { get; init; } = [];

    /// <summary>Any run, for what all have in common.</summary>
    public RunResult First { get; }

    public IReadOnlyList<RunResult> Runs { get; }

    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>The rows outside sweeps.</summary>
    public IReadOnlyList<ReportRow> Rows { get; }

    public IReadOnlyList<ReportSweep> Sweeps { get; }

    public ReportRow? Find(string name) => Rows.FirstOrDefault(row => row.Name == name);

    /// <summary>Those of the named rows that are there, in the names' order.</summary>
    public IReadOnlyList<ReportRow> FindAll(params IEnumerable<string> names) => [.. names.Select(Find).OfType<ReportRow>()];

    /// <summary>
    /// The share of the way from no adaptation to training on the target's own labels that a row goes, 1 for all of it: of each seed
    /// against both ends of the same seed, or against the mean of an end that was not run with it. Null where an end is missing or the two
    /// are not apart.
    /// </summary>
    public Statistic? GapClosed(ReportRow row)
    {
        if (Find(Baseline) is not { } none || Find(UpperBound) is not { } upper)
        {
            return null;
        }

        List<double> shares = [];
        foreach (RunResult run in row.Runs)
        {
            double low = Score(none, run.Seed), high = Score(upper, run.Seed);
            if (high > low)
            {
                shares.Add((run.LastMeanIoU - low) / (high - low));
            }
        }

        // The ends go none of the way and all of it, whatever the seed.
        return Statistic.Of(shares) is not { } share ? null : row == none || row == upper ? share with { Deviation = null } : share;

        static double Score(ReportRow end, int seed) =>
            end.Runs.FirstOrDefault(run => run.Seed == seed)?.LastMeanIoU ?? end.Last.Mean;
    }

    /// <summary>The row of the best score after the last iteration that saw no labels of the target; null where there is none.</summary>
    public ReportRow? Best => Rows.Where(static row => !IsBound(row)).MaxBy(static row => row.Last.Mean);

    /// <summary>Whether a row is what the others are measured against, so that it is never the best of them.</summary>
    public static bool IsBound(ReportRow row) => row.Name == UpperBound;
}

using Experiments.Results;

namespace Experiments.Reports;

/// <summary>What goes wrong with the best row: which classes are taken for which, and on which images most.</summary>
internal sealed class WrongData
{
    private const int ConfusionCount = 10;

    private WrongData(ReportData data, ReportRow row, RunResult run)
    {
        Row = row;
        Run = run;
        Baseline = data.FindAll("none").FirstOrDefault(none => none != row);
        Frames =
        [
            .. run.WorstImages!.Select(image => new WorstFrame(
                image,
                [
                    .. row.Runs.Where(other => other != run && other.ImageIoU is not null && image.Row < other.ImageIoU.Count)
                        .Select(other => other.ImageIoU![image.Row]).OfType<double>(),
                ])),
        ];
        Confusions = [.. FindConfusions(data).Take(ConfusionCount)];
    }

    /// <summary>The row.</summary>
    public ReportRow Row { get; }

    /// <summary>Its first seed's run, whose images these are.</summary>
    public RunResult Run { get; }

    /// <summary>What the row is compared with; null where it is not there, or is the best itself.</summary>
    public ReportRow? Baseline { get; }

    /// <summary>The images, the worst first.</summary>
    public IReadOnlyList<WorstFrame> Frames { get; }

    /// <summary>
    /// What is taken for what over the whole set and all seeds, the most pixels first: the share of all pixels, that of the true class's
    /// pixels, and the first of these with the baseline.
    /// </summary>
    public IReadOnlyList<(string Truth, string Predicted, double Share, double OfClass, double? Before)> Confusions { get; }

    /// <summary>Finds it; null where no run of a row beside the upper bound kept its worst images.</summary>
    public static WrongData? Find(ReportData data)
    {
        ReportRow? best = data.Rows.Where(static row => !ReportData.IsBound(row) && FirstRun(row) is not null)
            .MaxBy(static row => row.Last.Mean);
        return best is null ? null : new WrongData(data, best, FirstRun(best)!);
    }

    private static RunResult? FirstRun(ReportRow row) => row.Runs.FirstOrDefault(static run => run.WorstImages is { Count: > 0 });

    private IEnumerable<(string Truth, string Predicted, double Share, double OfClass, double? Before)> FindConfusions(ReportData data)
    {
        long[][] counts = Row.Confusion;
        long[][]? before = Baseline?.Confusion;
        double all = counts.Sum(static row => row.Sum());
        double allBefore = before?.Sum(static row => row.Sum()) ?? 0;
        return
            from truth in Enumerable.Range(0, counts.Length)
            from predicted in Enumerable.Range(0, counts.Length)
            where truth != predicted && counts[truth][predicted] > 0
            orderby counts[truth][predicted] descending
            select (
                data.ClassNames[truth],
                data.ClassNames[predicted],
                counts[truth][predicted] / all,
                (double)counts[truth][predicted] / counts[truth].Sum(),
                before is null ? (double?)null : before[truth][predicted] / allBefore);
    }
}

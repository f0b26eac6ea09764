using Experiments.Results;

namespace Experiments.Reports;

/// <summary>All seeds of a variant, or of a swept value.</summary>
internal sealed class ReportRow
{
    public ReportRow(IEnumerable<RunResult> runs)
    {
        Runs = [.. runs.OrderBy(static run => run.Seed)];
        Name = Runs[0].Name;
        Title = VariantTitles.Of(Name);
        Last = Statistic.Of(Runs.Select(static run => run.LastMeanIoU))!.Value;
        Best = Statistic.Of(Runs.Select(static run => run.BestMeanIoU))!.Value;
        ClassIoU = [.. Runs[0].ClassIoU.Keys.Select(name =>
            Statistic.Of(Runs.Select(run => run.ClassIoU[name]).OfType<double>()))];
    }

    public string Name { get; }

    public string Title { get; }

    public IReadOnlyList<RunResult> Runs { get; }

    public Statistic Last { get; }

    public Statistic Best { get; }

    /// <summary>By class; null where it occurs nowhere.</summary>
    public IReadOnlyList<Statistic?> ClassIoU { get; }

    /// <summary>The learning curve over the iterations that all seeds were measured at.</summary>
    public IEnumerable<(int Iteration, Statistic Score)> Curve =>
        from point in Runs[0].Curve
        let scores = Runs.Select(
            run => run.Curve.FirstOrDefault(other => other.Iteration == point.Iteration)?.MeanIoU).OfType<double>().ToArray()
        where scores.Length == Runs.Count
        select (point.Iteration, Statistic.Of(scores)!.Value);

    /// <summary>The confusion matrix of all seeds together: rows are the truth.</summary>
    public long[][] Confusion => [.. Enumerable.Range(0, ClassIoU.Count).Select(truth =>
        Enumerable.Range(0, ClassIoU.Count).Select(predicted => Runs.Sum(run => run.ConfusionMatrix[truth][predicted])).ToArray())];
}

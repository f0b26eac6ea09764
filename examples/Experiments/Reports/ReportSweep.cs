using Experiments.Definition;
using Experiments.Results;

namespace Experiments.Reports;

/// <summary>A variant at several values of one option, the variant's own among them.</summary>
internal sealed class ReportSweep
{
    public ReportSweep(string variant, string option, IEnumerable<RunResult> runs, ReportRow? own)
    {
        Variant = variant;
        Option = option;
        Title = TrainingOptionTable.All.FirstOrDefault(candidate => candidate.Name == option)?.Title ?? option;
        IEnumerable<(double Value, ReportRow Row)> points = runs.GroupBy(static run => run.Sweep!.Value).Select(
            static group => (Value: group.Key, Row: new ReportRow(group)));
        if (own?.Runs[0].Settings[option] is { } value)
        {
            points = points.Append((Value: value.GetValue<double>(), Row: own)).DistinctBy(static point => point.Value);
        }

        Points = [.. points.OrderBy(static point => point.Value)];
    }

    public string Variant { get; }

    public string Option { get; }

    /// <summary>The option as an axis calls it.</summary>
    public string Title { get; }

    public IReadOnlyList<(double Value, ReportRow Row)> Points { get; }
}

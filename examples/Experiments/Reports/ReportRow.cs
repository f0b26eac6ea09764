using Experiments.Results;
using Road.Torch.Metrics;

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
        Boundary = Statistic.Of(Runs.Select(static run => run.BoundaryMeanIoU).OfType<double>());
        CalibrationError = Statistic.Of(Runs.Select(static run => run.Calibration?.ExpectedError).OfType<double>());
        Confidence = Statistic.Of(Runs.Select(static run => run.Calibration?.MeanConfidence).OfType<double>());
        Accuracy = Statistic.Of(Runs.Select(static run => PixelAccuracy(run.ConfusionMatrix)).Where(double.IsFinite));
        Images = [.. Runs.Where(static run => run.ImageIoU is not null).Select(
            static run => new ScoreDistribution(run.ImageIoU!.OfType<double>()))];
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

    /// <summary>The boundary IoU; null where it was not measured.</summary>
    public Statistic? Boundary { get; }

    /// <summary>The expected calibration error; null where it was not measured.</summary>
    public Statistic? CalibrationError { get; }

    /// <summary>The mean confidence; null where it was not measured.</summary>
    public Statistic? Confidence { get; }

    /// <summary>The share of pixels that are right; null without pixels.</summary>
    public Statistic? Accuracy { get; }

    /// <summary>How the scores of single images spread, for each seed that they were measured with.</summary>
    public IReadOnlyList<ScoreDistribution> Images { get; }

    /// <summary>A number of the spread of single images, over the seeds; null where it was not measured.</summary>
    public Statistic? OfImages(Func<ScoreDistribution, double> number) => Statistic.Of(Images.Select(number).Where(double.IsFinite));

    /// <summary>The bins of the reliability diagram, all seeds together; empty where it was not measured.</summary>
    public IReadOnlyList<(long Pixels, double Accuracy, double Confidence)> Reliability
    {
        get
        {
            CalibrationResult[] all = [.. Runs.Select(static run => run.Calibration).OfType<CalibrationResult>()];
            return all.Length == 0 || all.Any(other => other.Pixels.Count != all[0].Pixels.Count) ? [] :
            [
                .. Enumerable.Range(0, all[0].Pixels.Count).Select(bin =>
                {
                    long pixels = all.Sum(seed => seed.Pixels[bin]);
                    return (
                        pixels,
                        all.Sum(seed => seed.Pixels[bin] * (seed.Accuracy[bin] ?? 0)) / pixels,
                        all.Sum(seed => seed.Pixels[bin] * (seed.Confidence[bin] ?? 0)) / pixels);
                }),
            ];
        }
    }

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

    private static double PixelAccuracy(IReadOnlyList<IReadOnlyList<long>> counts) =>
        (double)Enumerable.Range(0, counts.Count).Sum(index => counts[index][index]) / counts.Sum(static row => row.Sum());
}

using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Experiments.Definition;

namespace Experiments.Results;

/// <summary>What a finished run gave: the content of its JSON file.</summary>
internal sealed record RunResult
{
    public required string Experiment { get; init; }

    public required string Title { get; init; }

    public string? Note { get; init; }

    public required string Data { get; init; }

    public required string Network { get; init; }

    /// <summary>The row: all seeds of a variant, or of a swept value, share it.</summary>
    public required string Name { get; init; }

    public required string Variant { get; init; }

    public SweepPoint? Sweep { get; init; }

    public required int Seed { get; init; }

    /// <summary>The run's name among all, and that of its files.</summary>
    [JsonIgnore]
    public string Id => string.Create(CultureInfo.InvariantCulture, $"{Name}_seed-{Seed}");

    public required int Iterations { get; init; }

    /// <summary>The score after the last step, 0 to 1.</summary>
    public required double LastMeanIoU { get; init; }

    /// <summary>The best of the learning curve, 0 to 1; choosing it takes labels of the target domain.</summary>
    public required double BestMeanIoU { get; init; }

    public required int BestIteration { get; init; }

    /// <summary>The intersection over union of each class after the last step; null where it occurs nowhere.</summary>
    public required IReadOnlyDictionary<string, double?> ClassIoU { get; init; }

    /// <summary>The classes in the score; null for all.</summary>
    public IReadOnlyList<string>? ScoredClasses { get; init; }

    /// <summary>Time of the training, without that of measuring.</summary>
    public required double Seconds { get; init; }

    public required IReadOnlyList<CurvePoint> Curve { get; init; }

    /// <summary>Counts of pixels after the last step: rows are the truth, columns the prediction.</summary>
    public required IReadOnlyList<IReadOnlyList<long>> ConfusionMatrix { get; init; }

    /// <summary>
    /// The mean IoU of each test image after the last step, in the set's order, of the scored classes that occur in it; null for an image
    /// without labels. Null, like all below that may be, in results of before it was measured.
    /// </summary>
    public IReadOnlyList<double?>? ImageIoU { get; init; }

    /// <summary>The images that the run did worst on, the worst first.</summary>
    public IReadOnlyList<WorstImage>? WorstImages { get; init; }

    /// <summary>How far the confidence can be believed.</summary>
    public CalibrationResult? Calibration { get; init; }

    /// <summary>The boundary IoU of the scored classes after the last step, 0 to 1.</summary>
    public double? BoundaryMeanIoU { get; init; }

    /// <summary>The boundary IoU of each class after the last step; null where it occurs nowhere.</summary>
    public IReadOnlyDictionary<string, double?>? ClassBoundaryIoU { get; init; }

    /// <summary>Images of the test set whose predicted masks are kept for showing: their names and rows.</summary>
    public IReadOnlyDictionary<string, int>? Shown { get; init; }

    /// <summary>Everything that decides the numbers.</summary>
    public required JsonObject Settings { get; init; }

    public required MachineFacts Machine { get; init; }
}

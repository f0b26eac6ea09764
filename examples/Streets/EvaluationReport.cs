using System.Globalization;
using Road.MLNet;
using Road.Torch.Metrics;

namespace Streets;

/// <summary>The numbers of a scored set, as they are printed and as they stand in a report.</summary>
internal sealed class EvaluationReport
{
    private readonly Dictionary<string, object?> _content = [];

    /// <summary>Prints the scores that follow from a confusion matrix, and keeps them.</summary>
    /// <param name="counts">What was counted.</param>
    public EvaluationReport(ScoredCounts counts)
    {
        ConfusionMatrix matrix = counts.Matrix();
        Dictionary<string, double?> classIoU = [];
        foreach ((string name, double iou) in counts.ClassNames.Zip(matrix.PerClassIntersectionOverUnion))
        {
            classIoU[name] = Print(name, iou);
        }

        _content["images"] = counts.Images;
        _content["skippedImages"] = counts.SkippedImages;
        _content["leftOutFiles"] = counts.LeftOutFiles;
        _content["ignoredPixelShare"] = counts.IgnoredPixelShare;
        _content["meanIoU"] = Print("mean IoU", matrix.MeanIntersectionOverUnion);
        if (CityscapesClasses.Names.All(counts.ClassNames.Contains))
        {
            _content["meanIoU16"] = Print("mean IoU of 16", MeanOf(CityscapesClasses.Synthia16));
            _content["meanIoU13"] = Print("mean IoU of 13", MeanOf(CityscapesClasses.Synthia13));
        }

        _content["classIoU"] = classIoU;
        _content["pixelAccuracy"] = Print("pixel accuracy", matrix.PixelAccuracy);

        double MeanOf(IEnumerable<string> names) =>
            matrix.MeanIntersectionOverUnionOf(names.Select(name => Array.IndexOf([.. counts.ClassNames], name)));
    }

    /// <summary>What becomes JSON.</summary>
    public IDictionary<string, object?> Content => _content;

    /// <summary>
    /// Prints a number by its name. JSON has no NaN: a class that occurs nowhere, or a mean over only such classes, is null.
    /// </summary>
    public static double? Print(string name, double value)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-16} {value:F4}"));
        return double.IsNaN(value) ? null : value;
    }
}

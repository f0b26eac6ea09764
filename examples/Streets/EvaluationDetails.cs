using System.Globalization;
using Road.MLNet;

namespace Streets;

/// <summary>What <c>evaluate --details</c> measures beside the scores of the whole set.</summary>
internal static class EvaluationDetails
{
    private const string Confidence = "Confidence";
    private const string ImagePath = "TargetImagePath";
    private const int WorstCount = 10;
    private const int ConfusionCount = 3;

    private static readonly double[] Quantiles = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1];

    /// <summary>Makes an evaluation measure them.</summary>
    public static void AskFor(SemanticSegmentationEvaluationOptions options, StreetsModel model)
    {
        model.AddConfidence(Confidence);
        options.PerImage = true;
        options.Boundaries = true;
        options.ConfidenceColumnName = Confidence;
    }

    /// <summary>Adds them to the report.</summary>
    /// <param name="report">The report, which becomes JSON.</param>
    /// <param name="metrics">What was measured.</param>
    /// <param name="print">Shows a number by its name, and gives it back as the report has it.</param>
    public static void AddTo(IDictionary<string, object?> report, SemanticSegmentationMetrics metrics, Func<string, double, double?> print)
    {
        Dictionary<string, object?> images = new()
        {
            ["mean"] = print("image IoU mean", metrics.ImageSpread!.Mean),
            ["standardDeviation"] = print("image IoU spread", metrics.ImageSpread.StandardDeviation),
        };
        foreach (double share in Quantiles)
        {
            string percent = string.Create(CultureInfo.InvariantCulture, $"{100 * share:0}");
            images[$"quantile{percent}"] = print($"image IoU {percent} %", metrics.ImageSpread.Quantile(share));
        }

        report["imageMeanIoU"] = images;
        report["worstImages"] = WorstImages(metrics);
        if (metrics.MeanBoundaryIntersectionOverUnion is { } boundary)
        {
            report["boundaryMeanIoU"] = print("boundary IoU", boundary);
            report["classBoundaryIoU"] = metrics.ClassNames.Zip(metrics.PerClassBoundaryIntersectionOverUnion!)
                .ToDictionary(static pair => pair.First, static pair => Number(pair.Second));
        }

        if (metrics.ReliabilityBins is not null)
        {
            report["calibration"] = Calibration(metrics, print);
        }
        else
        {
            Console.WriteLine("Outlines and confidence were measured by the model's classes, and are no numbers of the wider ones here");
        }
    }

    private static object[] WorstImages(SemanticSegmentationMetrics metrics)
    {
        Console.WriteLine("worst images:");
        List<object> worst = [];
        foreach (ImageMetrics image in metrics.Images!.Where(static image => !double.IsNaN(image.MeanIntersectionOverUnion))
            .OrderBy(static image => image.MeanIntersectionOverUnion).Take(WorstCount))
        {
            string file = image.Texts[ImagePath];
            IReadOnlyList<ClassConfusion> confusions = image.FindConfusions(ConfusionCount);
            string list = string.Join(", ", confusions.Select(static confusion => string.Create(
                CultureInfo.InvariantCulture, $"{confusion.Truth} as {confusion.Predicted} {100 * confusion.Share:0.0} %")));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"  {image.MeanIntersectionOverUnion:F4} {Path.GetFileName(file)}: {list}"));
            worst.Add(new Dictionary<string, object?>
            {
                ["image"] = file,
                ["meanIoU"] = image.MeanIntersectionOverUnion,
                ["confusions"] = confusions.Select(static confusion => new Dictionary<string, object>
                {
                    ["truth"] = confusion.Truth,
                    ["predicted"] = confusion.Predicted,
                    ["share"] = confusion.Share,
                }),
            });
        }

        return [.. worst];
    }

    private static Dictionary<string, object?> Calibration(SemanticSegmentationMetrics metrics, Func<string, double, double?> print)
    {
        return new Dictionary<string, object?>
        {
            ["expectedError"] = print("calibration err.", metrics.ExpectedCalibrationError!.Value),
            ["maximumError"] = print("largest of a bin", metrics.MaximumCalibrationError!.Value),
            ["meanConfidence"] = print("mean confidence", metrics.MeanConfidence!.Value),
            ["bins"] = metrics.ReliabilityBins!.Select(static bin => new Dictionary<string, object?>
            {
                ["above"] = bin.Lower,
                ["upTo"] = bin.Upper,
                ["pixels"] = bin.PixelCount,
                ["accuracy"] = Number(bin.Accuracy),
                ["confidence"] = Number(bin.MeanConfidence),
            }),
        };
    }

    // JSON has no NaN.
    private static double? Number(double value) => double.IsNaN(value) ? null : value;
}

using System.Globalization;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet;

namespace Streets;

/// <summary><c>evaluate</c>: scores labelled images and writes the report as JSON.</summary>
internal static class EvaluateCommand
{
    private const double MuchIgnored = 0.25;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static void Run(EvaluateRequest request, StreetsData data, CancellationToken cancellation)
    {
        (string modelFile, string? jsonFile, bool hasDetails, ImageReading reading, ScoreChoice scoring) = request;
        MLContext ml = StreetsContext.Create(StreetsDevice.Choose(scoring.Device));
        using StreetsModel model = StreetsModel.Load(ml, modelFile);
        LabelEncoding encoding = data.EncodingFor(model.ClassNames);
        IDataView files = data.LoadLabelled(ml);
        FilePlan plan = new();
        plan.Read(modelFile, "--model");
        data.AddTo(plan, files);
        if (jsonFile is not null)
        {
            plan.Write(jsonFile, "--json");
        }

        int total = files.GetColumn<string>("LabelPath").Count();
        Console.WriteLine($"Scoring {total} images{data.LeftOut}");
        model.Read(reading);
        model.ChangeScoring(scoring.Change);
        IDataView images = ml.Data.AsTargetDomain(files);
        IDataView labelled = ml.Transforms.LoadLabelMasks("Label", null, "LabelPath", encoding, reading.MaxPixels).Fit(
            images).Transform(images);
        SemanticSegmentationEvaluationOptions options = new() { BadImages = reading.BadImages };
        if (hasDetails)
        {
            EvaluationDetails.AskFor(options, model);
        }

        SemanticSegmentationMetrics metrics = data.Summarize(Evaluate(ml, model.Score(labelled), options, total, cancellation));

        foreach (string message in metrics.Skipped.FirstMessages)
        {
            Console.Error.WriteLine($"Skipped: {message}");
        }

        string rest = metrics.Skipped.Count > 0 ? $"; skipped {metrics.Skipped.Count} that cannot be read" : string.Empty;
        Dictionary<string, double?> classIoU = [];
        foreach ((string name, double iou) in metrics.ClassNames.Zip(metrics.PerClassIntersectionOverUnion))
        {
            classIoU[name] = Report(name, iou);
        }

        Dictionary<string, object?> report = new()
        {
            ["images"] = metrics.ImageCount,
            ["skippedImages"] = metrics.Skipped.Count,
            ["leftOutFiles"] = data.LeftOutCount,
            ["ignoredPixelShare"] = metrics.IgnoredPixelShare,
            ["meanIoU"] = Report("mean IoU", metrics.MeanIntersectionOverUnion),
        };
        if (CityscapesClasses.Names.All(metrics.ClassNames.Contains))
        {
            report["meanIoU16"] = Report("mean IoU of 16", metrics.MeanIntersectionOverUnionOf(CityscapesClasses.Synthia16));
            report["meanIoU13"] = Report("mean IoU of 13", metrics.MeanIntersectionOverUnionOf(CityscapesClasses.Synthia13));
        }

        report["classIoU"] = classIoU;
        report["pixelAccuracy"] = Report("pixel accuracy", metrics.PixelAccuracy);
        if (hasDetails)
        {
            EvaluationDetails.AddTo(report, metrics, Report);
        }

        if (jsonFile is not null)
        {
            OutputFile.Write(jsonFile, JsonSerializer.Serialize(report, Indented) + "\n");
        }

        if (metrics.IgnoredPixelShare > MuchIgnored)
        {
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"warning: {metrics.IgnoredPixelShare:P0} of the masks' pixels have values that no class claims, and count nowhere"));
        }

        Console.WriteLine($"Scored {metrics.ImageCount} images{data.LeftOut}{rest}");
    }

    private static SemanticSegmentationMetrics Evaluate(
        MLContext ml, IDataView scored, SemanticSegmentationEvaluationOptions options, int total, CancellationToken cancellation)
    {
        int count = 0;
        try
        {
            return ImageProgress.Run("Scoring", "images", total, progress => ml.SemanticSegmentation.Evaluate(
                InterruptibleRows.Create(
                    ml,
                    scored,
                    () =>
                    {
                        // A row is read before it is scored.
                        if (count++ > 0)
                        {
                            progress.Advance();
                        }
                    },
                    cancellation),
                options));
        }
        catch (OperationCanceledException error)
        {
            throw new InterruptedException(
                string.Create(CultureInfo.InvariantCulture, $"Cancelled after {count} images; no report was written"), error);
        }
    }

    // JSON has no NaN: a class that occurs nowhere, or a mean over only such classes, is null.
    private static double? Report(string name, double value)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-16} {value:F4}"));
        return double.IsNaN(value) ? null : value;
    }
}

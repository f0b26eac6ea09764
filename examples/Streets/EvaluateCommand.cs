using System.Globalization;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet;

namespace Streets;

/// <summary><c>evaluate</c>: scores labelled images and writes the report as JSON.</summary>
internal static class EvaluateCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static void Run(string modelFile, StreetsData data, string jsonFile, int maxPixels, CancellationToken cancellation)
    {
        MLContext ml = new();
        using StreetsModel model = StreetsModel.Load(ml, modelFile);
        LabelEncoding encoding = data.EncodingFor(model.ClassNames);
        IDataView files = data.LoadLabelled(ml);
        FilePlan plan = new();
        plan.Read(modelFile, "--model");
        data.AddTo(plan, files);
        plan.Write(jsonFile, "--json");

        Console.WriteLine($"Scoring {files.GetColumn<string>("LabelPath").Count()} images");
        model.LimitPixels(maxPixels);
        IDataView images = ml.Data.AsTargetDomain(files);
        IDataView labelled = ml.Transforms.LoadLabelMasks("Label", null, "LabelPath", encoding, maxPixels).Fit(images).Transform(images);
        (SemanticSegmentationMetrics all, int count) = Evaluate(ml, model.Score(labelled), cancellation);
        SemanticSegmentationMetrics metrics = data.Summarize(all);

        Dictionary<string, double?> classIoU = [];
        foreach ((string name, double iou) in metrics.ClassNames.Zip(metrics.PerClassIntersectionOverUnion))
        {
            classIoU[name] = Report(name, iou);
        }

        Dictionary<string, object?> report = new() { ["images"] = count, ["meanIoU"] = Report("mean IoU", metrics.MeanIntersectionOverUnion) };
        if (CityscapesClasses.Names.All(metrics.ClassNames.Contains))
        {
            report["meanIoU16"] = Report("mean IoU of 16", metrics.MeanIntersectionOverUnionOf(CityscapesClasses.Synthia16));
            report["meanIoU13"] = Report("mean IoU of 13", metrics.MeanIntersectionOverUnionOf(CityscapesClasses.Synthia13));
        }

        report["classIoU"] = classIoU;
        report["pixelAccuracy"] = Report("pixel accuracy", metrics.PixelAccuracy);
        OutputFile.Write(jsonFile, JsonSerializer.Serialize(report, Indented) + "\n");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Scored {count} images"));
    }

    private static (SemanticSegmentationMetrics Metrics, int Count) Evaluate(MLContext ml, IDataView scored, CancellationToken cancellation)
    {
        int count = 0;
        try
        {
            SemanticSegmentationMetrics metrics = ml.SemanticSegmentation.Evaluate(InterruptibleRows.Create(ml, scored, () => count++, cancellation));
            return (metrics, count);
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

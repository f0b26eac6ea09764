using System.Globalization;
using System.Text.Json;
using Microsoft.ML;
using Road.MLNet;

namespace Streets;

/// <summary><c>evaluate</c>: scores labelled images and writes the report as JSON.</summary>
internal static class EvaluateCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static void Run(string modelFile, StreetsData data, string jsonFile, int maxPixels)
    {
        MLContext ml = new();
        using StreetsModel model = StreetsModel.Load(ml, modelFile);
        model.LimitPixels(maxPixels);
        LabelEncoding encoding = data.EncodingFor(model.ClassNames);
        IDataView images = ml.Data.AsTargetDomain(data.LoadLabelled(ml));
        IDataView labelled = ml.Transforms.LoadLabelMasks("Label", null, "LabelPath", encoding, maxPixels).Fit(images).Transform(images);
        SemanticSegmentationMetrics metrics = data.Summarize(ml.SemanticSegmentation.Evaluate(model.Score(labelled)));

        Dictionary<string, double?> classIoU = [];
        foreach ((string name, double iou) in metrics.ClassNames.Zip(metrics.PerClassIntersectionOverUnion))
        {
            classIoU[name] = Report(name, iou);
        }

        Dictionary<string, object?> report = new() { ["meanIoU"] = Report("mean IoU", metrics.MeanIntersectionOverUnion) };
        if (CityscapesClasses.Names.All(metrics.ClassNames.Contains))
        {
            report["meanIoU16"] = Report("mean IoU of 16", metrics.MeanIntersectionOverUnionOf(CityscapesClasses.Synthia16));
            report["meanIoU13"] = Report("mean IoU of 13", metrics.MeanIntersectionOverUnionOf(CityscapesClasses.Synthia13));
        }

        report["classIoU"] = classIoU;
        report["pixelAccuracy"] = Report("pixel accuracy", metrics.PixelAccuracy);
        AtomicFile.Write(jsonFile, JsonSerializer.Serialize(report, Indented) + "\n");
    }

    // JSON has no NaN: a class that occurs nowhere, or a mean over only such classes, is null.
    private static double? Report(string name, double value)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-16} {value:F4}"));
        return double.IsNaN(value) ? null : value;
    }
}

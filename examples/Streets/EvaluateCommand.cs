using System.Globalization;
using System.Text.Json;
using Microsoft.ML;
using Road.MLNet;

namespace Streets;

/// <summary><c>evaluate</c>: scores labelled images and writes the report as JSON.</summary>
internal static class EvaluateCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static void Run(string modelFile, string images, string labels, string classesFile, string jsonFile)
    {
        MLContext ml = new();
        LabelEncoding encoding = LabelEncoding.FromJsonFile(classesFile);
        IDataView data = ml.Data.LoadSegmentationFolder(images, labels);
        IDataView labelled = ml.Transforms.LoadLabelMasks("Label", null, "LabelPath", encoding).Fit(data).Transform(data);
        using StreetsModel model = StreetsModel.Load(ml, modelFile);
        SemanticSegmentationMetrics metrics = ml.SemanticSegmentation.Evaluate(model.Score(labelled));

        Dictionary<string, double?> classIoU = [];
        foreach ((string name, double iou) in metrics.ClassNames.Zip(metrics.PerClassIntersectionOverUnion))
        {
            classIoU[name] = double.IsNaN(iou) ? null : iou;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-16} {iou:F4}"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"mean IoU",-16} {metrics.MeanIntersectionOverUnion:F4}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"pixel accuracy",-16} {metrics.PixelAccuracy:F4}"));
        object report = new { meanIoU = metrics.MeanIntersectionOverUnion, classIoU, pixelAccuracy = metrics.PixelAccuracy };
        AtomicFile.Write(jsonFile, path => File.WriteAllText(path, JsonSerializer.Serialize(report, Indented) + "\n"));
    }
}

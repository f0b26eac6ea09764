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
        string? modelDigest = request.Shard is null ? null : ScoredShard.DigestOf(modelFile);
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

        string[] names = [.. files.GetColumn<string>("ImagePath")];
        string share = string.Empty;
        if (request.Shard is { } shard)
        {
            share = string.Create(CultureInfo.InvariantCulture, $" of {names.Length}, the share {shard}");
            files = HeldOutRows.Take(ml, files, shard.Has);
        }

        int total = files.GetColumn<string>("LabelPath").Count();
        Console.WriteLine($"Scoring {total} images{share}{data.LeftOut}");
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

        ScoredCounts counts = ScoredCounts.Of(metrics, data.LeftOutCount);
        EvaluationReport report = new(counts);
        if (hasDetails)
        {
            EvaluationDetails.AddTo(report.Content, metrics, EvaluationReport.Print);
        }

        if (modelDigest is not null)
        {
            report.Content[ScoredShard.Property] = new ScoredShard(
                request.Shard!.Value.ToString(), modelDigest, model.DescribeReading(), ScoredShard.Digest(names.Select(Path.GetFileName)!),
                counts).ToJson();
        }

        Finish(report, counts, jsonFile, share + data.LeftOut);
    }

    /// <summary>Adds up what the processes of all shares have counted.</summary>
    /// <param name="parts">Their reports.</param>
    /// <param name="jsonFile">The report to write; null for none.</param>
    /// <exception cref="InvalidDataException">They do not make up one set.</exception>
    public static void Collect(IReadOnlyList<string> parts, string? jsonFile)
    {
        FilePlan plan = new();
        plan.Read(parts, "--collect");
        if (jsonFile is not null)
        {
            plan.Write(jsonFile, "--json");
        }

        ScoredCounts counts = ScoredShard.Collect(parts);
        Finish(new EvaluationReport(counts), counts, jsonFile, string.Create(CultureInfo.InvariantCulture, $" in {parts.Count} shares"));
    }

    private static void Finish(EvaluationReport report, ScoredCounts counts, string? jsonFile, string where)
    {
        if (jsonFile is not null)
        {
            OutputFile.Write(jsonFile, JsonSerializer.Serialize(report.Content, Indented) + "\n");
        }

        if (counts.IgnoredPixelShare > MuchIgnored)
        {
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"warning: {counts.IgnoredPixelShare:P0} of the masks' pixels have values that no class claims, and count nowhere"));
        }

        string rest = counts.SkippedImages > 0
            ? string.Create(CultureInfo.InvariantCulture, $"; skipped {counts.SkippedImages} that cannot be read")
            : string.Empty;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Scored {counts.Images} images{where}{rest}"));
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
}

using System.Diagnostics;
using System.Globalization;
using QuickStart.Display;
using QuickStart.Pretraining;
using QuickStart.Report;
using QuickStart.Scenes;
using QuickStart.Training;

namespace QuickStart;

/// <summary>Draws the scenes, pretrains the backbone, trains with and without adaptation, and reports.</summary>
internal sealed class MainJob(QuickStartOptions options)
{
    public int Run()
    {
        Stopwatch clock = Stopwatch.StartNew();
        var folders = new SceneFolders(Path.Combine(options.Output, "scenes"));
        int scenes = (2 * RunSettings.TrainingScenes) + RunSettings.TestScenes;
        TimeSpan drawing = ProgressDisplay.Run("Drawing street scenes", scenes, display =>
        {
            folders.Write(RunSettings.TrainingScenes, RunSettings.TestScenes, done => display(done, $"{done} scenes"));
            return clock.Elapsed;
        });

        string backbone = Path.Combine(options.Output, "backbone.safetensors");
        PretrainingResult pretraining = ProgressDisplay.Run(
            "Pretraining the backbone", BackbonePretraining.Iterations, display => new BackbonePretraining(options.Seed).Run(backbone, display));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"The stand-in for ImageNet: a SqueezeNet names {pretraining.Accuracy:P0} of unseen single things, of {pretraining.KindCount} kinds."));

        RunResult none = Train("without adaptation", "none.zip", 0, 0);
        RunResult road = Train("with ROAD", "road.zip", RunSettings.DistillationWeight, RunSettings.SpatialWeight);
        ResultTable.Write(none, road);

        var data = new ReportData(options, folders, pretraining, none, road, drawing, clock.Elapsed);
        string report = Path.Combine(options.Output, "report.html");
        HtmlReport.Write(report, data);
        Console.WriteLine($"Report: {report}");
        if (options.Picture is not null)
        {
            ResultStrip.Write(options.Picture, data);
            Console.WriteLine($"Picture: {options.Picture}");
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"mIoU none {none.Metrics.MeanIntersectionOverUnion:0.000} road {road.Metrics.MeanIntersectionOverUnion:0.000}"));
        return 0;

        RunResult Train(string name, string file, double distillation, double spatial)
        {
            var trainer = RunSettings.Create(backbone, options.Iterations);
            trainer.DistillationWeight = distillation;
            trainer.SpatialWeight = spatial;
            return ProgressDisplay.Run($"Training {name}", options.Iterations, display =>
                new SegmentationRun(folders, options.Seed).Train(name, trainer, Path.Combine(options.Output, file), display));
        }
    }
}

using System.Diagnostics;
using System.Globalization;
using QuickStart.Display;
using QuickStart.Pretraining;
using QuickStart.Report;
using QuickStart.Scenes;
using QuickStart.Training;
using Road.Torch.Training;

namespace QuickStart;

/// <summary>Draws the scenes, pretrains the backbone, trains with and without adaptation, and reports.</summary>
internal sealed class MainJob(QuickStartOptions options)
{
    /// <exception cref="FileClashException">Two outputs would be one.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; what was written by then is whole.</exception>
    public int Run(CancellationToken cancellation)
    {
        Stopwatch clock = Stopwatch.StartNew();
        string scenesFolder = Path.Combine(options.Output, "scenes");
        string backbone = Path.Combine(options.Output, "backbone.safetensors");
        string noneModel = Path.Combine(options.Output, "none.zip");
        string roadModel = Path.Combine(options.Output, "road.zip");
        string report = Path.Combine(options.Output, "report.html");
        FilePlan plan = new();
        plan.Own(scenesFolder, "the scenes");
        plan.Write(backbone, "the backbone");
        plan.Write(noneModel, "the model without adaptation");
        plan.Write(roadModel, "the model with ROAD");
        plan.Write(report, "the report");
        if (options.Picture is not null)
        {
            plan.Write(options.Picture, "--picture");
        }

        var folders = new SceneFolders(scenesFolder);
        int scenes = (2 * RunSettings.TrainingScenes) + RunSettings.TestScenes;
        TimeSpan drawing = ProgressDisplay.Run("Drawing street scenes", scenes, display =>
        {
            folders.Write(RunSettings.TrainingScenes, RunSettings.TestScenes, done => display(done, $"{done} scenes"), cancellation);
            return clock.Elapsed;
        });

        PretrainingResult pretraining = ProgressDisplay.Run(
            "Pretraining the backbone",
            BackbonePretraining.Iterations,
            display => new BackbonePretraining(options.Seed).Run(backbone, display, cancellation));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"The stand-in for ImageNet: a SqueezeNet names {pretraining.Accuracy:P0} of unseen single things, of "
            + $"{pretraining.KindCount} kinds."));

        RunResult none = Train("without adaptation", noneModel, 0, 0);
        RunResult road = Train("with ROAD", roadModel, RunSettings.DistillationWeight, RunSettings.SpatialWeight);
        ResultTable.Write(none, road);

        var data = new ReportData(options, folders, pretraining, none, road, drawing, clock.Elapsed);
        HtmlReport.Write(report, data);
        Console.WriteLine($"Report: {report}");
        if (options.Picture is not null)
        {
            ResultStrip.Write(options.Picture, data);
            Console.WriteLine($"Picture: {options.Picture}");
        }

        NextSteps.Write(options.Output, folders, roadModel, backbone);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"mIoU none {none.Metrics.MeanIntersectionOverUnion:0.000} road {road.Metrics.MeanIntersectionOverUnion:0.000}"));
        return 0;

        RunResult Train(string name, string file, double distillation, double spatial)
        {
            var trainer = RunSettings.Create(backbone, options.Iterations);
            trainer.DistillationWeight = distillation;
            trainer.SpatialWeight = spatial;
            trainer.CancellationToken = cancellation;
            try
            {
                return ProgressDisplay.Run($"Training {name}", options.Iterations, display =>
                    new SegmentationRun(folders, options.Seed).Train(name, trainer, file, display));
            }
            catch (TrainingCanceledException error)
            {
                string where = string.Create(CultureInfo.InvariantCulture, $"after iteration {error.Iteration} of the training {name}");
                throw new InterruptedException($"Cancelled {where}; the next run starts from the beginning", error);
            }
        }
    }
}

using System.Diagnostics;
using Microsoft.ML;
using WebDemo.Segmentation;
using WebDemo.Serving;

namespace WebDemo.Demo;

/// <summary>Trains the demonstration's model beside the server, which shows how far it is, and hands it over.</summary>
internal sealed partial class DemoModelLoading(
    DemoModel demo, MLContext ml, ModelSlot slot, ServingOptions options, ILogger<DemoModelLoading> log) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Run(() => Run(stoppingToken), CancellationToken.None);

    private void Run(CancellationToken cancellation)
    {
        try
        {
            if (!File.Exists(demo.File))
            {
                LogStart();
                Stopwatch clock = Stopwatch.StartNew();
                demo.Train(slot.Tell, cancellation);
                LogEnd(clock.Elapsed.TotalMinutes, demo.File);
            }

            slot.Fill(new SegmentationWorkers(new SegmentationModel(ml, demo.File), options));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The server is stopping.
        }
        catch (Exception failure)
        {
            // The page stays, and says that there is no model; what went wrong is for whoever started it.
            LogFailure(failure);
            slot.Tell(new ModelState("failed", null, "The training failed; the server's log says why."));
        }
    }

    [LoggerMessage(
        LogLevel.Information, "No model was given: one is trained on drawn scenes, in a few minutes; the page tells how far it is.")]
    private partial void LogStart();

    [LoggerMessage(LogLevel.Information, "Trained in {Minutes:0.0} minutes: {File}")]
    private partial void LogEnd(double minutes, string file);

    [LoggerMessage(LogLevel.Error, "The training failed.")]
    private partial void LogFailure(Exception failure);
}

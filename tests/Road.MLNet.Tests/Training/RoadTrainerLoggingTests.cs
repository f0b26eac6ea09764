using System.Collections.Concurrent;
using Microsoft.ML;
using Road.Torch.Training;

namespace Road.MLNet.Tests.Training;

[TestClass]
public sealed class RoadTrainerLoggingTests
{
    [TestMethod]
    public void DeviceWeightsAndProgressReachTheContextsLogAndNothingTheConsole()
    {
        using var folders = new TrainingFolders();
        ConcurrentQueue<string> messages = [];
        var ml = new MLContext(1);
        ml.Log += (_, message) =>
        {
            if (message.Source.Contains("RoadTrainer", StringComparison.Ordinal))
            {
                messages.Enqueue(message.RawMessage);
            }
        };
        RoadTrainerOptions options = TrainerFixture.Adapting(folders);
        options.Iterations = 45;
        options.ProgressInterval = 1;

        string written = CaptureConsole(() => ml.SemanticSegmentation.Trainers.Road(options).Fit(folders.Both(ml)).Dispose());

        Assert.AreEqual(string.Empty, written);
        string log = string.Join('\n', messages);
        StringAssert.Contains(log, "Device: ", StringComparison.Ordinal);
        StringAssert.Contains(log, "tiny-recording: 2 loaded", StringComparison.Ordinal);
        StringAssert.Contains(
            log,
            "for 45 iterations of 1 crops a domain, 32 x 32; distillation on the target (lambda1 0.1), spatial alignment in 3 x 3 "
            + "regions (lambda2 0.01); Float32.", StringComparison.Ordinal);
        string[] progress = [.. messages.Where(message => message.StartsWith("Iteration", StringComparison.Ordinal))];
        Assert.HasCount(20, progress);
        StringAssert.StartsWith(progress[^1], "Iteration 45 of 45: L_seg ", StringComparison.Ordinal);
        Assert.AreEqual(0, messages.Count(message => message.Contains("NaN", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void ANetworkWithoutPretrainedWeightsIsLoggedAsSuch()
    {
        using var folders = new TrainingFolders();
        ConcurrentQueue<string> messages = [];
        var ml = new MLContext(1);
        ml.Log += (_, message) => messages.Enqueue(message.RawMessage);
        ml.SemanticSegmentation.Trainers.Road(TrainerFixture.SourceOnly()).Fit(folders.Source(ml)).Dispose();
        CollectionAssert.Contains(messages, "tiny-recording starts from random weights.");
    }

    [TestMethod]
    public void ARivalAndItsLossesAreLoggedByName()
    {
        using var folders = new TrainingFolders();
        ConcurrentQueue<string> messages = [];
        var ml = new MLContext(1);
        ml.Log += (_, message) => messages.Enqueue(message.RawMessage);
        RoadTrainerOptions options = TrainerFixture.SourceOnly();
        AdaptationVariants.Apply("fcns-in-the-wild", options);
        options.PreparationCrops = 4;
        options.ProgressInterval = 1;

        ml.SemanticSegmentation.Trainers.Road(options).Fit(folders.Source(ml), folders.Target(ml)).Dispose();

        Assert.IsTrue(messages.Any(static message => message.Contains("; fcns-in-the-wild; Float32.", StringComparison.Ordinal)));
        Assert.IsTrue(
            messages.Any(static message => message.Contains("L_da ", StringComparison.Ordinal)
                && message.Contains("L_mi ", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void ProgressIsReportedAtItsIntervalAndAtTheEnd()
    {
        using var folders = new TrainingFolders();
        var ml = new MLContext(1);
        List<RoadProgress> reports = [];
        RoadTrainerOptions options = TrainerFixture.SourceOnly();
        options.Iterations = 11;
        options.ProgressInterval = 4;
        options.Progress = new RecordingProgress(reports.Add);

        ml.SemanticSegmentation.Trainers.Road(options).Fit(folders.Source(ml)).Dispose();

        Assert.AreEqual("4 8 11", string.Join(' ', reports.Select(report => report.Iteration)));
        Assert.IsTrue(reports.All(report => report.Iterations == 11 && report.Losses.Segmentation > 0));
        Assert.AreEqual(TimeSpan.Zero, reports[^1].Remaining);
    }

    private static string CaptureConsole(Action action)
    {
        TextWriter output = Console.Out;
        TextWriter error = Console.Error;
        using var writer = new StringWriter();
        Console.SetOut(writer);
        Console.SetError(writer);
        try
        {
            action();
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }

        return writer.ToString();
    }
}

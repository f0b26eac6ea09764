using System.Collections.Concurrent;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using Road.MLNet.Data;
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

    [TestMethod]
    public void ALongTrainingIsNeverSilentForLong()
    {
        List<string> lines = [];
        MLContext ml = new(1);
        ml.Log += (_, message) => lines.Add(message.RawMessage);
        SteppedTime time = new();
        using IChannel channel = ((IHostEnvironment)ml).Start("Training");
        ChannelObserver log = new(channel, ["road"], null, time);
        log.Started(new TrainingStart(100, 20_000, "cpu", null, new Dictionary<string, string>()));
        lines.Clear();

        for (int step = 101; step <= 110; step++)
        {
            time.Seconds += 14;
            log.StepDone(step);
        }

        CollectionAssert.AreEqual(
            new[] { 103, 106, 109 }.Select(static step => $"Iteration {step} of 20000: 14 s a step, ").ToArray(),
            lines.Select(static line => line[..(line.IndexOf("step", StringComparison.Ordinal) + 6)]).ToArray());
        StringAssert.EndsWith(lines[0], $"{19897 * 14 / 3600}:22:38 left.", StringComparison.Ordinal);
        time.Seconds += 29;
        log.Progress(new RoadProgress(112, 20_000, new StepLosses(0.5), 1e-3, TimeSpan.Zero, TimeSpan.FromHours(80)));
        StringAssert.EndsWith(lines[^1], "Iteration 112 of 20000: L_seg 0.500, rate 1.00E-003, 80:00:00 left.", StringComparison.Ordinal);
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

    /// <summary>A clock that stands between steps.</summary>
    private sealed class SteppedTime : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}

using System.Collections.Concurrent;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using Road.MLNet.Data;
using Road.MLNet.Tests.Data;
using Road.Torch.Training;

namespace Road.MLNet.Tests.Training;

/// <summary>What the log says of the data before the first step.</summary>
[TestClass]
public sealed class RoadTrainerLabelTests
{
    private readonly ConcurrentQueue<(ChannelMessageKind Kind, string Text)> _messages = [];
    private readonly MLContext _ml;

    public RoadTrainerLabelTests()
    {
        _ml = Context();
    }

    [TestMethod]
    public void SharesOfTheClassesAreLoggedBeforeTheFirstStep()
    {
        using var folders = new TrainingFolders();
        Fit(folders.Both(_ml));

        // Four masks of 48 x 40 whose first pixel is void, road above row 6, 13, 20 and 26.
        string[] log = [.. _messages.Select(message => message.Text)];
        int at = Array.IndexOf(
            log, "Source labels, 4 of 4 masks: road 40.6 %, car 59.4 %, sky 0 %; no class claims 0.1 % of the pixels: 255 (0.1 %).");
        Assert.IsGreaterThanOrEqualTo(0, at, string.Join('\n', log));
        Assert.IsLessThan(Array.FindIndex(log, line => line.StartsWith("Iteration", StringComparison.Ordinal)), at);
        Assert.IsEmpty(Warnings());
    }

    [TestMethod]
    public void MasksOfZeroAnd255WithClassesZeroAndOneAreWarnedOf()
    {
        using var folders = new TrainingFolders();
        for (int i = 0; i < 4; i++)
        {
            File.WriteAllBytes(
                folders.SourceLabel(i), PngWriter.Write(
                    48, 40, [.. Enumerable.Range(0, 48 * 40).Select(p => (byte)(p % 4 == 0 ? 255 : 0))]));
        }

        Fit(folders.Source(_ml, LabelEncoding.FromIds(["background", "lane"])));

        StringAssert.Contains(
            Warnings().Single(),
            "All labelled pixels of the source are 'background', so the network will learn to answer nothing else: no class claims 255 "
            + "(25.0 %).");
    }

    [TestMethod]
    public void LabelsThatComeFromElsewhereAreCountedByClass()
    {
        using var folders = new TrainingFolders();
        Fit(new CountingView(folders.Source(_ml)));
        Assert.IsTrue(_messages.Any(message => message.Text
            == "Source labels, 4 of 4 masks: road 40.6 %, car 59.4 %, sky 0 %; no class claims 0.1 % of the pixels."));
    }

    [TestMethod]
    public void WeightsOfTheClassesAreLoggedOnceWithTheirShares()
    {
        using var folders = new TrainingFolders();
        RoadTrainerOptions options = TrainerFixture.SourceOnly();
        options.Losses.ClassWeights = new FrequencyWeights { Power = 1 };
        options.CheckpointDirectory = folders.Combine("state");
        _ml.SemanticSegmentation.Trainers.Road(options).Fit(folders.Source(_ml)).Dispose();

        // Road is 3116 of 7676 pixels, car 4560: weights 1/f have a mean of 2 over the two classes, sky has none.
        string[] log = [.. _messages.Select(message => message.Text)];
        int at = Array.IndexOf(
            log, "Class weights by frequency^-1 over 4 masks: road 1.23 (40.594 %), car 0.842 (59.406 %), sky 1 (0 %).");
        Assert.IsGreaterThanOrEqualTo(0, at, string.Join('\n', log));
        Assert.IsLessThan(Array.FindIndex(log, line => line.StartsWith("Iteration", StringComparison.Ordinal)), at);

        _messages.Clear();
        Context().SemanticSegmentation.Trainers.Road(options).Fit(folders.Source(_ml)).Dispose();
        Assert.IsFalse(_messages.Any(message => message.Text.StartsWith("Class weights", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void ABadMaskEndsTheCountByNameOrIsLeftOut()
    {
        using var folders = new TrainingFolders();
        File.WriteAllText(folders.SourceLabel(2), "no mask");
        RoadTrainerOptions options = TrainerFixture.SourceOnly();
        options.Losses.ClassWeights = new FrequencyWeights();
        InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(
            () => _ml.SemanticSegmentation.Trainers.Road(options).Fit(folders.Source(_ml)).Dispose());
        TrainerFixture.AssertMessage(error, folders.SourceLabel(2));

        options.BadSamples = Road.Torch.Data.BadSamplePolicy.Skip;
        _ml.SemanticSegmentation.Trainers.Road(options).Fit(folders.Source(_ml)).Dispose();
        Assert.IsTrue(_messages.Any(message => message.Text.StartsWith(
            "Class weights by frequency^-0.5 over 3 masks: ", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void FiftyMasksAllOverTheViewAreLookedAt()
    {
        using var folder = new TemporaryFolder();
        string[] paths = [.. Enumerable.Range(0, 200).Select(i => folder.Combine($"{i / 100}.png"))];
        File.WriteAllBytes(paths[0], PngWriter.Write(2, 1, [0, 0]));
        File.WriteAllBytes(paths[199], PngWriter.Write(2, 1, [1, 1]));
        IDataView view = new MemoryDataView(("Path", paths));
        view = _ml.Transforms.LoadLabelMasks("Mask", null, "Path", TrainingFolders.Encoding)
            .Append(_ml.Transforms.CopyColumns("Label", "Mask")).Fit(view).Transform(view);

        LabelStatistics? statistics = LabelSurvey.Take(view, view.Schema["Label"], CancellationToken.None);

        Assert.AreEqual("Source labels, 50 of 200 masks: road 50.0 %, car 50.0 %, sky 0 %.", statistics?.ToString());
        Assert.IsNull(LabelSurvey.Take(view, view.Schema["Label"], new CancellationToken(canceled: true)));
    }

    [TestMethod]
    public void OneBadMaskIsLeftOutAndATrainingThatGoesOnSaysNothing()
    {
        using var folders = new TrainingFolders();
        File.WriteAllText(folders.SourceLabel(0), "no mask");
        RoadTrainerOptions options = TrainerFixture.SourceOnly();
        options.CheckpointDirectory = folders.Combine("state");
        options.BadSamples = Road.Torch.Data.BadSamplePolicy.Skip;
        _ml.SemanticSegmentation.Trainers.Road(options).Fit(folders.Source(_ml)).Dispose();
        Assert.AreEqual(1, _messages.Count(message => message.Text.StartsWith("Source labels, 3 of 4 masks: ", StringComparison.Ordinal)));

        _messages.Clear();
        Context().SemanticSegmentation.Trainers.Road(options).Fit(folders.Source(_ml)).Dispose();
        Assert.IsTrue(_messages.Any(message => message.Text.StartsWith("Going on after iteration 3", StringComparison.Ordinal)));
        Assert.IsFalse(_messages.Any(message => message.Text.StartsWith("Source labels", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void EachViewThatCannotBeShuffledIsWarnedOfOnce()
    {
        using var folders = new TrainingFolders();
        RoadTrainerOptions options = TrainerFixture.Adapting(folders);
        _ml.SemanticSegmentation.Trainers.Road(options).Fit(
            new CountingView(folders.Source(_ml), canShuffle: false), folders.Target(_ml)).Dispose();
        StringAssert.StartsWith(
            Warnings().Single(), "The source view cannot be shuffled: its rows come in the order of the view, alike in every pass");

        _messages.Clear();
        _ml.SemanticSegmentation.Trainers.Road(options).Fit(new CountingView(folders.Both(_ml), canShuffle: false)).Dispose();
        string[] warnings = Warnings();
        Assert.HasCount(2, warnings);
        StringAssert.StartsWith(warnings[1], "The target view cannot be shuffled", StringComparison.Ordinal);

        _messages.Clear();
        Fit(new CountingView(folders.Both(_ml), canShuffle: false));
        Assert.HasCount(1, Warnings(), "no target is read");
    }

    private MLContext Context()
    {
        MLContext context = new(seed: 1);
        context.Log += (_, message) => _messages.Enqueue((message.Kind, message.RawMessage));
        return context;
    }

    private void Fit(IDataView view) => _ml.SemanticSegmentation.Trainers.Road(TrainerFixture.SourceOnly()).Fit(view).Dispose();

    private string[] Warnings() =>
        [.. _messages.Where(message => message.Kind == ChannelMessageKind.Warning).Select(message => message.Text)];
}

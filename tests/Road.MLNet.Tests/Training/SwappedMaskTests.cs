using Microsoft.ML;

namespace Road.MLNet.Tests.Training;

/// <summary>Published sets hold masks whose width and height are swapped; they have as many pixels as their images.</summary>
[TestClass]
public sealed class SwappedMaskTests
{
    [TestMethod]
    [DataRow(0, 0)]
    [DataRow(30, 20)]
    public void ATrainingRefusesThemByRowAndFiles(int width, int height)
    {
        using var folders = new TrainingFolders();
        folders.WriteLabel(2, 40, 48);
        MLContext ml = new(7);
        RoadTrainerOptions options = TrainerFixture.SourceOnly();
        options.SourceImageSize = width == 0 ? null : new(width, height);

        InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(() => Fit(ml, folders, options));

        TrainerFixture.AssertMessage(
            error, "row 2", folders.SourceImage(2),
            folders.SourceLabel(2), "'SourceLabel' has 1920 pixels, 40 x 48", "'SourceImage' is 48 x 40");
    }

    [TestMethod]
    public void ATrainingThatSkipsBadSamplesLeavesThemOut()
    {
        using var folders = new TrainingFolders();
        folders.WriteLabel(2, 40, 48);
        MLContext ml = new(7);
        List<string> messages = [];
        ml.Log += (_, e) => messages.Add(e.Message);
        RoadTrainerOptions options = TrainerFixture.SourceOnly();
        options.BadSamples = Road.Torch.Data.BadSamplePolicy.Skip;

        Fit(ml, folders, options);

        Assert.IsTrue(
            messages.Any(message => message.Contains("left out", StringComparison.Ordinal)
                && message.Contains("40 x 48", StringComparison.Ordinal)));
    }

    private static void Fit(MLContext ml, TrainingFolders folders, RoadTrainerOptions options) =>
        ml.SemanticSegmentation.Trainers.Road(options).Fit(folders.Source(ml), folders.Target(ml)).Dispose();
}

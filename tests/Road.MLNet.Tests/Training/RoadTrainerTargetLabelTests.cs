using Microsoft.ML;
using Road.Torch;
using Road.Torch.Data;
using Road.Torch.Networks;
using Road.Torch.Training;

namespace Road.MLNet.Tests.Training;

/// <summary>Trainings of which some target images have labels.</summary>
[TestClass]
public sealed class RoadTrainerTargetLabelTests
{
    [TestMethod]
    public void FewLabelsChangeTheTrainingAndOnlyTheirMasksAreRead()
    {
        using var folders = new TrainingFolders();
        byte[] none = Train(folders, static _ => { }, "", "", "");
        byte[] first = Train(folders, WithLabels, folders.SourceLabel(0), "", "");
        byte[] again = Train(folders, WithLabels, folders.SourceLabel(0), "", "");
        byte[] second = Train(folders, WithLabels, "", folders.SourceLabel(0), "");
        byte[] off = Train(folders, options =>
        {
            WithLabels(options);
            options.TargetLabelWeight = 0;
        }, "missing.png", "", "");

        CollectionAssert.AreEqual(first, again);
        CollectionAssert.AreNotEqual(none, first);
        CollectionAssert.AreNotEqual(first, second);
        CollectionAssert.AreEqual(none, off);
    }

    [TestMethod]
    public void MasksInMemoryMayBeEmptyToo()
    {
        using var folders = new TrainingFolders();
        byte[] none = Train(folders, static _ => { }, static (ml, view) => ml.Data.Cache(view), "", folders.SourceLabel(0), "");
        byte[] memory = Train(folders, WithLabels, static (ml, view) => ml.Data.Cache(view), "", folders.SourceLabel(0), "");
        CollectionAssert.AreNotEqual(none, memory);
        TrainerFixture.AssertMessage(
            Assert.ThrowsExactly<InvalidOperationException>(
                () => Train(folders, WithLabels, static (ml, view) => ml.Data.Cache(view), "", "", "")),
            "No row of the target data has a label");
    }

    [TestMethod]
    [DataRow("none", Precision.Float32)]
    [DataRow("road-self-training", Precision.Float32)]
    [DataRow("road-self-training", Precision.BFloat16)]
    public void ACancelledTrainingGoesOnToTheSameWeights(string variant, Precision precision)
    {
        using var folders = new TrainingFolders();
        byte[] whole = Train(folders, Configure, folders.SourceLabel(0), "", folders.SourceLabel(1));
        using CancellationTokenSource cancellation = new();
        Assert.ThrowsExactly<TrainingCanceledException>(() => Train(
            folders,
            options =>
            {
                Configure(options);
                options.CheckpointDirectory = folders.Combine("state");
                options.CancellationToken = cancellation.Token;
                options.ProgressInterval = 1;
                options.Progress = new RecordingProgress(progress =>
                {
                    if (progress.Iteration == 2)
                    {
                        cancellation.Cancel();
                    }
                });
            },
            folders.SourceLabel(0),
            "",
            folders.SourceLabel(1)));
        byte[] resumed = Train(
            folders,
            options =>
            {
                Configure(options);
                options.CheckpointDirectory = folders.Combine("state");
                options.LoaderWorkers = 2;
                options.SampleCacheBytes = 1 << 20;
            },
            folders.SourceLabel(0),
            "",
            folders.SourceLabel(1));

        CollectionAssert.AreEqual(whole, resumed);

        void Configure(RoadTrainerOptions options)
        {
            WithLabels(options);
            AdaptationVariants.Apply(variant, options);
            options.Iterations = 5;
            options.TargetLabelCrops = 2;
            options.Precision = precision;
            options.Network = SegmentationNetworks.Get("deeplab-squeezenet1_1");
            options.BackboneWeights = options.NeedsTeacher
                ? TrainerFixture.WriteWeights(options.Network, folders.Combine("backbone.safetensors"))
                : null;
        }
    }

    [TestMethod]
    public void TargetLabelsOfWhichThereAreNoneAreAnError()
    {
        using var folders = new TrainingFolders();
        TrainerFixture.AssertMessage(
            Assert.ThrowsExactly<InvalidOperationException>(() => Train(folders, WithLabels, "", "", "")),
            "No row of the target data has a label in the column 'TargetLabel'",
            "TargetLabelColumnName");
    }

    [TestMethod]
    public void ADamagedMaskIsNamedOrLeftOut()
    {
        using var folders = new TrainingFolders();
        string damaged = folders.Combine("damaged.png");
        File.WriteAllBytes(damaged, File.ReadAllBytes(folders.SourceLabel(0))[..30]);
        TrainerFixture.AssertMessage(
            Assert.ThrowsExactly<InvalidDataException>(() => Train(folders, WithLabels, damaged, "", folders.SourceLabel(1))), damaged);
        Train(
            folders,
            static options =>
            {
                WithLabels(options);
                options.BadSamples = BadSamplePolicy.Skip;
            },
            damaged,
            "",
            folders.SourceLabel(1));
    }

    [TestMethod]
    public void OtherClassesThanTheSourcesAreRefused()
    {
        using var folders = new TrainingFolders();
        var ml = new MLContext(7);
        IDataView target = Target(
            ml, folders, LabelEncoding.FromIds(["road", "sky", "car"]), static (_, view) => view, folders.SourceLabel(0), "", "");
        RoadTrainerOptions options = TrainerFixture.SourceOnly();
        WithLabels(options);
        TrainerFixture.AssertMessage(
            Assert.ThrowsExactly<InvalidOperationException>(
                () => ml.SemanticSegmentation.Trainers.Road(options).Fit(folders.Source(ml), target)),
            "'TargetLabel'", "road, sky, car", "road, car, sky");

        options.TargetLabelColumnName = "Label";
        TrainerFixture.AssertMessage(
            Assert.Throws<ArgumentOutOfRangeException>(
                () => ml.SemanticSegmentation.Trainers.Road(options).Fit(folders.Source(ml), target)), "target label", "'Label'");
    }

    private static void WithLabels(RoadTrainerOptions options) => options.TargetLabelColumnName = "TargetLabel";

    private static byte[] Train(TrainingFolders folders, Action<RoadTrainerOptions> configure, params string[] labels) =>
        Train(folders, configure, static (_, view) => view, labels);

    private static byte[] Train(
        TrainingFolders folders,
        Action<RoadTrainerOptions> configure,
        Func<MLContext, IDataView, IDataView> wrap,
        params string[] labels)
    {
        var ml = new MLContext(7);
        RoadTrainerOptions options = TrainerFixture.SourceOnly();
        configure(options);
        using RoadTransformer model = ml.SemanticSegmentation.Trainers.Road(options).Fit(
            folders.Source(ml), Target(ml, folders, TrainingFolders.Encoding, wrap, labels));
        return TrainerFixture.SavedWeights(ml, model);
    }

    private static IDataView Target(
        MLContext ml, TrainingFolders folders, LabelEncoding encoding, Func<MLContext, IDataView, IDataView> wrap, params string[] labels)
    {
        IDataView view = ml.Data.LoadFromEnumerable(labels.Select((label, i) => new TargetRow(folders.TargetImage(i), label)).ToArray());
        view = ml.Transforms.LoadLabelMasks("TargetLabel", null, "LabelPath", encoding, allowsMissing: true).Fit(view).Transform(view);
        view = wrap(ml, view);
        return ml.Transforms.LoadImages("TargetImage", null, "ImagePath").Fit(view).Transform(view);
    }

    private sealed record TargetRow(string ImagePath, string LabelPath);
}

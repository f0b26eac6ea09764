using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet.Data;
using Road.MLNet.Tests.Scoring;
using Road.Torch.Data;
using Road.Torch.Training;

namespace Road.MLNet.Tests.Training;

[TestClass]
public sealed class RoadTrainerTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void FlatArgumentsAndOptionsTrainTheSameModel()
    {
        using var folders = new TrainingFolders();
        RoadTrainerOptions options = TrainerFixture.Adapting(folders);
        using RoadTransformer expected = new MLContext(1).SemanticSegmentation.Trainers.Road(options).Fit(folders.Both(_ml));

        using RoadTransformer flat = new MLContext(1).SemanticSegmentation.Trainers.Road(
            "SourceImage",
            "SourceLabel",
            "TargetImage",
            options.BackboneWeights,
            options.Network,
            distillationWeight: 0.1,
            spatialWeight: 0.01,
            iterations: 3,
            learningRate: 1e-3,
            cropSize: 32,
            batchSize: 1).Fit(folders.Both(_ml));

        CollectionAssert.AreEqual(TrainerFixture.SavedWeights(_ml, expected), TrainerFixture.SavedWeights(_ml, flat));
        Assert.AreEqual("TargetImage", flat.ImageColumnName);
    }

    [TestMethod]
    [DataRow(1, 6)]
    [DataRow(6, 1)]
    public void DomainsOfDifferentLengthsComeFromTwoViews(int sources, int targets)
    {
        using var folders = new TrainingFolders(sources, targets);
        RoadTrainerOptions options = TrainerFixture.Adapting(folders);
        List<RoadProgress> progress = [];
        options.Progress = new RecordingProgress(progress.Add);

        using RoadTransformer model = _ml.SemanticSegmentation.Trainers.Road(options).Fit(folders.Source(_ml), folders.Target(_ml));

        Assert.IsGreaterThan(0, progress[^1].Losses.Segmentation!.Value);
        Assert.IsGreaterThan(0, progress[^1].Losses["L_dist"]!.Value);
        Assert.IsGreaterThan(0, progress[^1].Losses["L_spt"]!.Value);
        Assert.HasCount(targets, TrainerFixture.Masks(model.Transform(folders.Target(_ml))));
    }

    [TestMethod]
    public void WithoutAdaptationTheTargetColumnMayBeAbsent()
    {
        using var folders = new TrainingFolders();
        IDataView source = folders.Source(_ml);
        using RoadTransformer one = new MLContext(1).SemanticSegmentation.Trainers.Road(TrainerFixture.SourceOnly()).Fit(source);
        using RoadTransformer two = new MLContext(1).SemanticSegmentation.Trainers.Road(TrainerFixture.SourceOnly()).Fit(source, source);

        CollectionAssert.AreEqual(TrainerFixture.SavedWeights(_ml, one), TrainerFixture.SavedWeights(_ml, two));
        Assert.HasCount(3, TrainerFixture.Masks(one.Transform(folders.Target(_ml))));
        SchemaShape shape = _ml.SemanticSegmentation.Trainers.Road(TrainerFixture.SourceOnly()).GetOutputSchema(Shape.Of(source));
        Assert.Contains("PredictedLabel", shape.Select(column => column.Name).ToArray());
    }

    [TestMethod]
    public void DistillingOnTheSourceNeedsNoTargetColumn()
    {
        using var folders = new TrainingFolders();
        RoadTrainerOptions options = TrainerFixture.Adapting(folders);
        options.SpatialWeight = 0;
        options.DistillationDomain = Road.Torch.Adaptation.DistillationDomain.Source;
        using RoadTransformer model = _ml.SemanticSegmentation.Trainers.Road(options).Fit(folders.Source(_ml));
        Assert.HasCount(3, TrainerFixture.Masks(model.Transform(folders.Target(_ml))));
    }

    [TestMethod]
    public void ImagesInMemoryStayTheirOwners()
    {
        using var folders = new TrainingFolders();
        List<TrainerFixture.ImageRow> rows = MemoryRows(folders);
        byte[][] before = [.. rows.Select(row => row.SourceImage!.Pixels.ToArray())];
        RoadTrainerOptions options = TrainerFixture.Adapting(folders);
        options.Iterations = 12;

        using RoadTransformer model = _ml.SemanticSegmentation.Trainers.Road(options).Fit(WithLabels(_ml.Data.LoadFromEnumerable(rows)));
        GC.Collect();
        GC.WaitForPendingFinalizers();

        for (int i = 0; i < rows.Count; i++)
        {
            CollectionAssert.AreEqual(before[i], rows[i].SourceImage!.Pixels.ToArray());
            Assert.AreEqual(48, rows[i].TargetImage!.Width);
        }
    }

    [TestMethod]
    public void AViewThatCannotBeShuffledTrainsOnAllOfItsRows()
    {
        using var folders = new TrainingFolders();
        List<TrainerFixture.ImageRow> rows = MemoryRows(folders);
        HashSet<int> read = [];
        IDataView view = WithLabels(_ml.Data.LoadFromEnumerable(Stream()));
        Assert.IsFalse(view.CanShuffle);
        RoadTrainerOptions options = TrainerFixture.Adapting(folders);
        options.LoaderWorkers = 2;

        using RoadTransformer model = _ml.SemanticSegmentation.Trainers.Road(options).Fit(view);

        Assert.HasCount(4, read);

        IEnumerable<TrainerFixture.ImageRow> Stream()
        {
            for (int i = 0; i < rows.Count; i++)
            {
                lock (read)
                {
                    read.Add(i);
                }

                yield return rows[i];
            }
        }
    }

    [TestMethod]
    public void ColumnsMayHaveOtherNames()
    {
        using var folders = new TrainingFolders();
        IDataView view = folders.Both(_ml);
        view = _ml.Transforms.CopyColumns("Photo", "TargetImage").Append(_ml.Transforms.CopyColumns("Frame", "SourceImage"))
            .Append(_ml.Transforms.CopyColumns("Mask", "SourceLabel"))
            .Append(_ml.Transforms.DropColumns("TargetImage", "SourceImage", "SourceLabel")).Fit(view).Transform(view);
        RoadTrainerOptions options = TrainerFixture.SourceOnly();
        options.SourceImageColumnName = "Frame";
        options.SourceLabelColumnName = "Mask";
        options.TargetImageColumnName = "Photo";
        options.PredictedLabelColumnName = "Classes";
        options.PredictedMaskColumnName = "Picture";
        options.ScoreColumnName = "Probabilities";
        RoadTrainer trainer = _ml.SemanticSegmentation.Trainers.Road(options);

        using RoadTransformer model = trainer.Fit(view);

        SchemaShape output = Shape.Of(model.Transform(view));
        SchemaShape shape = trainer.GetOutputSchema(Shape.Of(view));
        foreach (string name in new[] { "Classes", "Picture", "Probabilities" })
        {
            SchemaShape.Column expected = output.Single(column => column.Name == name);
            SchemaShape.Column actual = shape.Single(column => column.Name == name);
            Assert.AreEqual(expected.Kind, actual.Kind, name);
            Assert.AreEqual(expected.ItemType.ToString(), actual.ItemType.ToString(), name);
            Assert.AreEqual(expected.IsKey, actual.IsKey, name);
            Assert.AreEqual(
                string.Join(' ', expected.Annotations.Select(column => column.Name).Order(StringComparer.Ordinal)),
                string.Join(' ', actual.Annotations.Select(column => column.Name).Order(StringComparer.Ordinal)));
        }
    }

    [TestMethod]
    [DataRow(ImageFit.Stretch, 64)]
    [DataRow(ImageFit.KeepAspectRatio, 47)]
    public void TargetImagesAreScaledForTheNetworkInTrainingAndScoringAndMasksKeepTheImagesSize(ImageFit fit, int width)
    {
        using var folders = new TrainingFolders(width: 40, height: 48);
        WriteGrey(folders.TargetImages, 3, 16, 16);
        RoadTrainerOptions options = TrainerFixture.SourceOnly();
        options.Network = new RecordingFactory();
        options.SpatialWeight = 0.01;
        options.TargetImageSize = new ImageSize(64, 56);
        options.ImageFit = fit;
        options.NormalizeFeatures = false;

        // A grey image of 16 x 16 fills a crop of 32 x 32 only where it was scaled before.
        RecordingBackbone.Seen.Clear();
        using RoadTransformer model = _ml.SemanticSegmentation.Trainers.Road(options).Fit(folders.Source(_ml), folders.Target(_ml));
        (int Width, int Height, bool IsUniform)[] trained = [.. RecordingBackbone.Seen];
        Assert.HasCount(6, trained);
        Assert.IsTrue(trained.All(image => image is { Width: 32, Height: 32 }));
        for (int i = 0; i < trained.Length; i++)
        {
            Assert.AreEqual(i % 2 == 1, trained[i].IsUniform, "source and target take turns, and only the target is grey");
        }

        RecordingBackbone.Seen.Clear();
        IDataView photos = folders.Source(_ml);
        byte[][] masks = TrainerFixture.Masks(
            model.Transform(_ml.Transforms.CopyColumns("TargetImage", "SourceImage").Fit(photos).Transform(photos)));
        Assert.IsTrue(masks.All(mask => mask.Length == 48 * 40));
        Assert.IsTrue(RecordingBackbone.Seen.All(image => image.Width == width && image.Height == 56));
        Assert.HasCount(4, RecordingBackbone.Seen);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void SourceImagesAreScaledWhereASizeIsGiven(bool scaled)
    {
        using var folders = new TrainingFolders(sources: 2);
        WriteGrey(folders.SourceImages, 2, 16, 16);
        folders.WriteLabel(0, 16, 16);
        folders.WriteLabel(1, 16, 16);
        RoadTrainerOptions options = TrainerFixture.SourceOnly();
        options.Network = new RecordingFactory();
        options.NormalizeFeatures = false;
        options.SourceImageSize = scaled ? new ImageSize(40, 36) : null;

        RecordingBackbone.Seen.Clear();
        using RoadTransformer model = _ml.SemanticSegmentation.Trainers.Road(options).Fit(folders.Source(_ml));

        Assert.HasCount(3, RecordingBackbone.Seen);
        Assert.IsTrue(RecordingBackbone.Seen.All(image => image.IsUniform == scaled), "what an image leaves of its crop is padded");
    }

    [TestMethod]
    public void APortraitSampleKeepsItsAspectRatioAndItsLabelsFollow()
    {
        using var folders = new TrainingFolders(sources: 3, width: 40, height: 48);
        ViewSampleSource source = new(folders.Source(_ml), "SourceImage", "SourceLabel", new ImageSize(48, 24));
        HashSet<int> road = [];
        using ISampleCursor cursor = source.Open(5);
        while (cursor.MoveNext())
        {
            DecodedSample sample = cursor.Decode();
            Assert.AreEqual((20, 24), (sample.Width, sample.Height));
            Assert.HasCount(20 * 24, sample.Labels!);
            road.Add(sample.Labels!.Count(label => label == 0) / 20);
        }

        // Road above row 8, 16 and 24 of 48, without the void pixel, which is the first of the rows of half the size.
        Assert.AreEqual("4 8 12", string.Join(' ', road.Order()));
    }

    [TestMethod]
    public void AScaledSampleHasItsLabelsScaledAlong()
    {
        using var folders = new TrainingFolders(sources: 3);
        ViewSampleSource source = new(folders.Source(_ml), "SourceImage", "SourceLabel", new ImageSize(24, 20)) { Fit = ImageFit.Stretch };
        Assert.IsTrue(source.IsShuffled);
        HashSet<int> road = [];
        using ISampleCursor cursor = source.Open(5);
        while (cursor.MoveNext())
        {
            DecodedSample sample = cursor.Decode();
            Assert.AreEqual((24, 20), (sample.Width, sample.Height));
            Assert.IsTrue(sample.Labels!.All(label => label is 0 or 1 or 255));
            road.Add(sample.Labels!.Count(label => label == 0) / 24);
        }

        // Road above row 6, 13 and 20 of 40; a scaled row takes the row under its centre.
        Assert.AreEqual("3 6 10", string.Join(' ', road.Order()));
    }

    private static void WriteGrey(string folder, int count, int width, int height)
    {
        byte[] pixels = [.. Enumerable.Repeat((byte)210, 4 * width * height)];
        for (int i = 0; i < count; i++)
        {
            using MLImage image = MLImage.CreateFromPixels(width, height, MLPixelFormat.Bgra32, pixels);
            image.Save(Path.Combine(folder, $"{i}.png"));
        }
    }

    private static List<TrainerFixture.ImageRow> MemoryRows(TrainingFolders folders) => [.. Enumerable.Range(0, 4).Select(i =>
        new TrainerFixture.ImageRow
        {
            SourceImage = ScoringFixture.CreateImage(i, 48, 40),
            TargetImage = ScoringFixture.CreateImage(50 + i, 48, 40),
            LabelPath = folders.SourceLabel(i),
        })];

    private IDataView WithLabels(IDataView view) =>
        _ml.Transforms.LoadLabelMasks("SourceLabel", null, "LabelPath", TrainingFolders.Encoding).Fit(view).Transform(view);
}

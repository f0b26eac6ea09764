using Microsoft.ML;
using Road.Torch.Adaptation;
using Road.Torch.Weights;

namespace Road.MLNet.Tests.Training;

/// <summary>What is wrong with data and weights, each by its message; nothing of a failed training stays behind.</summary>
[TestClass]
public sealed class RoadTrainerErrorTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void ALabelOfAnotherSizeThanItsImageIsNamedWithBothSizes()
    {
        using var folders = new TrainingFolders();
        folders.WriteLabel(2, 47, 40);
        Exception error = AssertFails<InvalidDataException>(folders, TrainerFixture.SourceOnly());
        TrainerFixture.AssertMessage(
            error,
            "column 'SourceLabel' has 1880 pixels",
            "column 'SourceImage' is 48 x 40 = 1920",
            "row 2",
            $"ImagePath '{folders.SourceImage(2)}'",
            $"LabelPath '{folders.SourceLabel(2)}'");
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void AnImageFileThatIsNoImageIsNamed(bool source)
    {
        using var folders = new TrainingFolders();
        string file = source ? folders.SourceImage(1) : folders.TargetImage(1);
        File.WriteAllText(file, "no image");
        Exception error = AssertFails<InvalidDataException>(folders, TrainerFixture.Adapting(folders));
        TrainerFixture.AssertMessage(error, source ? "Column 'SourceImage'" : "Column 'TargetImage'", "row 1", $"ImagePath '{file}'");
    }

    [TestMethod]
    public void AnImageFileThatEndsInItsHeaderIsNamed()
    {
        using var folders = new TrainingFolders();
        File.WriteAllBytes(folders.SourceImage(3), File.ReadAllBytes(folders.SourceImage(3))[..30]);
        Exception error = AssertFails<InvalidDataException>(folders, TrainerFixture.SourceOnly());
        TrainerFixture.AssertMessage(error, "Column 'SourceImage'", "row 3", $"ImagePath '{folders.SourceImage(3)}'");
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void AnImageFileThatEndsInItsPixelsIsNamed(bool source)
    {
        using var folders = new TrainingFolders();
        string file = source ? folders.SourceImage(2) : folders.TargetImage(2);
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..3000]);
        Exception error = AssertFails<InvalidDataException>(folders, TrainerFixture.Adapting(folders));
        TrainerFixture.AssertMessage(
            error, source ? "Column 'SourceImage'"
                : "Column 'TargetImage'", "row 2", $"ImagePath '{file}'", $"the image file '{file}' is cut off");
    }

    [TestMethod]
    public void AnImageFileToScoreThatEndsInItsPixelsIsNamed()
    {
        using var folders = new TrainingFolders();
        using RoadTransformer model = _ml.SemanticSegmentation.Trainers.Road(TrainerFixture.SourceOnly()).Fit(folders.Source(_ml));
        string file = folders.TargetImage(2);
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..3000]);
        Exception error = Assert.ThrowsExactly<InvalidDataException>(() => TrainerFixture.Masks(model.Transform(folders.Target(_ml))));
        TrainerFixture.AssertMessage(error, "Column 'TargetImage' cannot be read in row 2", $"the image file '{file}' is cut off");
    }

    [TestMethod]
    public void AMissingImageFileIsNamed()
    {
        using var folders = new TrainingFolders();
        IDataView source = folders.Source(_ml);
        File.Delete(folders.SourceImage(1));
        Exception error = Assert.Throws<IOException>(() => _ml.SemanticSegmentation.Trainers.Road(LongEnough()).Fit(source));
        TrainerFixture.AssertMessage(error, folders.SourceImage(1));
    }

    [TestMethod]
    public void ADamagedMaskIsNamed()
    {
        using var folders = new TrainingFolders();
        File.WriteAllBytes(folders.SourceLabel(1), File.ReadAllBytes(folders.SourceLabel(1))[..^20]);
        Exception error = AssertFails<InvalidDataException>(folders, TrainerFixture.SourceOnly());
        TrainerFixture.AssertMessage(error, "Column 'SourceLabel', row 1:", folders.SourceLabel(1));
    }

    [TestMethod]
    public void ARowWithoutImageIsNamed()
    {
        using var folders = new TrainingFolders(sources: 1);
        TrainerFixture.ImageRow[] rows = [.. Enumerable.Range(0, 9).Select(i => new TrainerFixture.ImageRow
        {
            SourceImage = i == 5 ? null : Scoring.ScoringFixture.CreateImage(i, 48, 40),
            LabelPath = folders.SourceLabel(0),
        })];
        IDataView view = _ml.Data.LoadFromEnumerable(rows);
        view = _ml.Transforms.LoadLabelMasks("SourceLabel", null, "LabelPath", TrainingFolders.Encoding).Fit(view).Transform(view);

        Exception error = Assert.ThrowsExactly<InvalidDataException>(() => _ml.SemanticSegmentation.Trainers.Road(LongEnough()).Fit(view));
        TrainerFixture.AssertMessage(error, "Column 'SourceImage' has no image in row 5", $"LabelPath '{folders.SourceLabel(0)}'");
    }

    [TestMethod]
    public void LabelsOfWhichNoPixelBelongsToAClassAreRefused()
    {
        using var folders = new TrainingFolders();
        LabelEncoding encoding = LabelEncoding.FromIdMap(["road", "car"], new Dictionary<int, int> { [200] = 0, [201] = 1 });
        foreach (int iterations in new[] { 1, 100 })
        {
            RoadTrainerOptions options = TrainerFixture.SourceOnly();
            options.Iterations = iterations;
            Exception error = Assert.ThrowsExactly<InvalidOperationException>(
                () => _ml.SemanticSegmentation.Trainers.Road(options).Fit(folders.Source(_ml, encoding)));
            TrainerFixture.AssertMessage(error, "No pixel of the source labels belongs to a class");
        }
    }

    [TestMethod]
    public void ADomainWithoutRowsIsNamed()
    {
        using var folders = new TrainingFolders();
        RoadTrainer trainer = _ml.SemanticSegmentation.Trainers.Road(TrainerFixture.Adapting(folders));
        IDataView source = folders.Source(_ml);
        IDataView target = folders.Target(_ml);
        TrainerFixture.AssertMessage(
            Assert.ThrowsExactly<InvalidOperationException>(
                () => trainer.Fit(_ml.Data.SkipRows(source, 99), target)), "The source data has no rows");
        TrainerFixture.AssertMessage(
            Assert.ThrowsExactly<InvalidOperationException>(
                () => trainer.Fit(source, _ml.Data.SkipRows(target, 99))), "The target data has no rows");
    }

    [TestMethod]
    public void TheCurriculumWithoutWeightsIsRefused()
    {
        using var folders = new TrainingFolders();
        RoadTrainerOptions options = TrainerFixture.SourceOnly();
        options.Rival = RivalMethod.Curriculum;
        Exception error = AssertFails<InvalidOperationException>(folders, options);
        TrainerFixture.AssertMessage(error, "'curriculum'", "set BackboneWeights, or take it out of Adaptations");
    }

    [TestMethod]
    public void WeightsOfAnotherNetworkAreRefused()
    {
        using var folders = new TrainingFolders();
        RoadTrainerOptions options = TrainerFixture.SourceOnly();
        string file = TrainerFixture.WriteWeights(new Scoring.TinyFactory { Channels = 9 }, folders.Combine("nine.safetensors"));
        options.BackboneWeights = file;
        TrainerFixture.AssertMessage(AssertFails<WeightsMismatchException>(folders, options), file, "2 of another shape");

        options.BackboneWeights = TrainerFixture.WriteWeights(
            new Torch.Networks.DeepLabV2Factory { BackboneName = "squeezenet1_1" }, folders.Combine("other.safetensors"));
        TrainerFixture.AssertMessage(
            AssertFails<WeightsMismatchException>(folders, options), "other.safetensors", "2 missing", "unexpected");
    }

    [TestMethod]
    public void MissingAndDamagedWeightsAreNamed()
    {
        using var folders = new TrainingFolders();
        RoadTrainerOptions options = TrainerFixture.Adapting(folders);
        string file = options.BackboneWeights!.Path!;
        byte[] bytes = File.ReadAllBytes(file);
        File.WriteAllBytes(file, bytes[..^4]);
        TrainerFixture.AssertMessage(AssertFails<InvalidDataException>(folders, options), file);
        File.WriteAllText(file, "<html>not found</html>");
        TrainerFixture.AssertMessage(AssertFails<InvalidDataException>(folders, options), file, "neither a safetensors file");
        File.Delete(file);
        TrainerFixture.AssertMessage(AssertFails<FileNotFoundException>(folders, options), file);
    }

    [TestMethod]
    public void MoreFrozenStagesThanTheBackboneHasAreRefused()
    {
        using var folders = new TrainingFolders();
        RoadTrainerOptions options = TrainerFixture.SourceOnly();
        options.FrozenStages = 2;
        TrainerFixture.AssertMessage(
            AssertFails<ArgumentOutOfRangeException>(folders, options), "FrozenStages must be 0 to 1 for the backbone 'recording'");
    }

    [TestMethod]
    public void AWhollyFrozenBackboneKeepsItsWeightsWhileTheHeadLearns()
    {
        using var folders = new TrainingFolders();
        RoadTrainerOptions options = TrainerFixture.Adapting(folders);
        options.FrozenStages = 1;
        using RoadTransformer frozen = new MLContext(1).SemanticSegmentation.Trainers.Road(options).Fit(folders.Both(_ml));
        options.Iterations = 6;
        using RoadTransformer longer = new MLContext(1).SemanticSegmentation.Trainers.Road(options).Fit(folders.Both(_ml));

        using var expected = SafetensorsFile.Open(options.BackboneWeights!.Path!);
        using var first = SafetensorsFile.Read(new MemoryStream(TrainerFixture.SavedWeights(_ml, frozen)), "first");
        using var second = SafetensorsFile.Read(new MemoryStream(TrainerFixture.SavedWeights(_ml, longer)), "second");
        Assert.HasCount(5, first.Entries);
        foreach (WeightsEntry entry in first.Entries)
        {
            using TorchSharp.torch.Tensor one = first.ReadTensor(entry.Name);
            using TorchSharp.torch.Tensor two = second.ReadTensor(entry.Name);
            bool isBackbone = entry.Name.StartsWith("backbone.", StringComparison.Ordinal);
            bool learns = !isBackbone && entry.Name != "feature_scale";
            Assert.AreEqual(!learns, one.equal(two).all().item<bool>(), entry.Name);
            if (isBackbone)
            {
                using TorchSharp.torch.Tensor pretrained = expected.ReadTensor(entry.Name["backbone.".Length..]);
                Assert.IsTrue(one.equal(pretrained).all().item<bool>());
            }
        }
    }

    [TestMethod]
    public void PretrainedWeightsThatHoldNaNAreBlamedOnTheirFileAndNotOnTheRate()
    {
        using var folders = new TrainingFolders();
        RoadTrainerOptions options = TrainerFixture.Adapting(folders);
        string path = options.BackboneWeights!.Path!;
        byte[] content = File.ReadAllBytes(path);
        BitConverter.GetBytes(float.NaN).CopyTo(content, content.Length - sizeof(float));
        File.WriteAllBytes(path, content);

        InvalidDataException error = AssertFails<InvalidDataException>(folders, options);

        TrainerFixture.AssertMessage(error, $"'{path}'", "holds a number that is not finite");
        Assert.DoesNotContain("LearningRate", error.Message);
    }

    [TestMethod]
    public void RetriesWithoutACheckpointAreRefused()
    {
        using var folders = new TrainingFolders();
        RoadTrainerOptions options = TrainerFixture.SourceOnly();
        options.DivergenceRetries = 3;
        TrainerFixture.AssertMessage(
            AssertFails<InvalidOperationException>(folders, options), "DivergenceRetries is 3", "set CheckpointDirectory");
    }

    private static RoadTrainerOptions LongEnough()
    {
        RoadTrainerOptions options = TrainerFixture.SourceOnly();
        options.Iterations = 10;
        return options;
    }

    /// <summary>Trains long enough to see every row and asserts that nothing but an exception comes of it.</summary>
    private T AssertFails<T>(TrainingFolders folders, RoadTrainerOptions options)
        where T : Exception
    {
        options.Iterations = 10;
        options.LoaderWorkers = 2;
        var source = new CountingView(folders.Source(_ml));
        var target = new CountingView(folders.Target(_ml));
        T error = Assert.ThrowsExactly<T>(() => _ml.SemanticSegmentation.Trainers.Road(options).Fit(source, target));
        Assert.IsEmpty(((RecordingFactory)options.Network).Alive());
        Assert.AreEqual((0, 0), (source.Open, target.Open));
        return error;
    }
}

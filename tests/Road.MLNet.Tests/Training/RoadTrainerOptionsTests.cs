using Microsoft.ML;
using Road.Torch.Data;

namespace Road.MLNet.Tests.Training;

[TestClass]
public sealed class RoadTrainerOptionsTests
{
    [TestMethod]
    [DataRow(nameof(RoadTrainerOptions.SourceImageColumnName))]
    [DataRow(nameof(RoadTrainerOptions.SourceLabelColumnName))]
    [DataRow(nameof(RoadTrainerOptions.TargetImageColumnName))]
    [DataRow(nameof(RoadTrainerOptions.PredictedLabelColumnName))]
    [DataRow(nameof(RoadTrainerOptions.PredictedMaskColumnName))]
    [DataRow(nameof(RoadTrainerOptions.ScoreColumnName))]
    [DataRow(nameof(RoadTrainerOptions.ConfidenceColumnName))]
    public void ANameMustNotBeEmpty(string property)
    {
        Action<RoadTrainerOptions, string?> set = typeof(RoadTrainerOptions).GetProperty(property)!.SetMethod!
            .CreateDelegate<Action<RoadTrainerOptions, string?>>();
        RoadTrainerOptions options = new();
        foreach (string empty in new[] { string.Empty, " " })
        {
            ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => set(options, empty));
            TrainerFixture.AssertMessage(error, $"{property} must not be empty");
        }
    }

    [TestMethod]
    [DataRow(15, 100, "Width is 15")]
    [DataRow(65_536, 100, "Width is 65536")]
    [DataRow(100, 0, "Height is 0")]
    [DataRow(100, 65_536, "Height is 65536")]
    public void SidesOfImagesHaveARange(int width, int height, string message)
    {
        RoadTrainerOptions options = new();
        TrainerFixture.AssertMessage(
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => options.SourceImageSize = new ImageSize(width, height)),
            $"SourceImageSize.{message}; it must be 16 to 65535");
        TrainerFixture.AssertMessage(
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => options.TargetImageSize = new ImageSize(width, height)),
            $"TargetImageSize.{message}; it must be 16 to 65535");
        Assert.IsNull(options.SourceImageSize);
        Assert.IsNull(options.TargetImageSize);
    }

    [TestMethod]
    public void LimitsAreAllowedAndSizesCanBeTakenBack()
    {
        RoadTrainerOptions options = new()
        {
            SourceImageSize = new ImageSize(16, 65_535),
            TargetImageSize = new ImageSize(65_535, 16),
            ScoreColumnName = "Score",
        };
        options.SourceImageSize = null;
        options.TargetImageSize = null;
        options.ScoreColumnName = null;
        Assert.IsNull(options.TargetImageSize);
        Assert.IsNull(options.ScoreColumnName);
    }

    [TestMethod]
    public void TheNetworkMustNotBeNull()
    {
        RoadTrainerOptions options = new();
        Assert.AreEqual("Network", Assert.ThrowsExactly<ArgumentNullException>(() => options.Network = null!).ParamName);
    }

    [TestMethod]
    public void DefaultsAreThePapers()
    {
        RoadTrainerOptions options = new();
        Assert.AreEqual("deeplab-vgg16", options.Network.Name);
        Assert.AreEqual((0.1, 0.01, 3, 3), (options.DistillationWeight, options.SpatialWeight, options.RegionRows, options.RegionColumns));
        Assert.AreEqual((321, 5, 20_000, 2.5e-4), (options.CropSize, options.BatchSize, options.Iterations, options.LearningRate));
        Assert.AreEqual(
            "SourceImage SourceLabel TargetImage",
            $"{options.SourceImageColumnName} {options.SourceLabelColumnName} {options.TargetImageColumnName}");
        Assert.AreEqual("PredictedLabel PredictedMask", $"{options.PredictedLabelColumnName} {options.PredictedMaskColumnName}");
        Assert.IsNull(options.ScoreColumnName);
        Assert.IsNull(options.ConfidenceColumnName);
        Assert.IsNull(options.BackboneWeights);
    }

    [TestMethod]
    public void FlatArgumentsAreCheckedAsOptionsAre()
    {
        SemanticSegmentationTrainers trainers = new MLContext(1).SemanticSegmentation.Trainers;
        TrainerFixture.AssertMessage(
            Assert.Throws<ArgumentException>(
                () => trainers.Road(sourceLabelColumnName: string.Empty)), "SourceLabelColumnName must not be empty");
        TrainerFixture.AssertMessage(Assert.Throws<ArgumentException>(() => trainers.Road(backboneWeights: " ")), "path");
        TrainerFixture.AssertMessage(
            Assert.Throws<ArgumentOutOfRangeException>(
                () => trainers.Road(distillationWeight: -1)), "DistillationWeight is -1; it must be 0 to 1000");
        TrainerFixture.AssertMessage(
            Assert.Throws<ArgumentOutOfRangeException>(
                () => trainers.Road(spatialWeight: double.NaN)), "SpatialWeight is NaN; it must be 0 to 1000");
        TrainerFixture.AssertMessage(Assert.Throws<ArgumentOutOfRangeException>(() => trainers.Road(iterations: 0)), "Iterations is 0");
        TrainerFixture.AssertMessage(Assert.Throws<ArgumentOutOfRangeException>(() => trainers.Road(learningRate: 0)), "LearningRate is 0");
        TrainerFixture.AssertMessage(Assert.Throws<ArgumentOutOfRangeException>(() => trainers.Road(cropSize: 15)), "CropSize is 15");
        TrainerFixture.AssertMessage(Assert.Throws<ArgumentOutOfRangeException>(() => trainers.Road(batchSize: 0)), "BatchSize is 0");
        Assert.ThrowsExactly<ArgumentNullException>(() => trainers.Road(options: null!));
    }
}

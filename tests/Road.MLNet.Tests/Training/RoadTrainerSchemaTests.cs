using Microsoft.ML;
using Microsoft.ML.Data;

namespace Road.MLNet.Tests.Training;

/// <summary>Missing and wrong columns, with ML.NET's messages, before anything is trained.</summary>
[TestClass]
public sealed class RoadTrainerSchemaTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow("SourceImage", "source image")]
    [DataRow("SourceLabel", "source label")]
    [DataRow("TargetImage", "target image")]
    public void AMissingColumnIsRefused(string column, string role)
    {
        using var folders = new TrainingFolders();
        IDataView view = folders.Both(_ml);
        AssertRefused(folders, _ml.Transforms.DropColumns(column).Fit(view).Transform(view), $"Could not find {role} column '{column}'");
    }

    [TestMethod]
    [DataRow("SourceImage", "source image", "MLImage")]
    [DataRow("SourceLabel", "source label", "Vector<Key<Byte>>")]
    [DataRow("TargetImage", "target image", "MLImage")]
    public void AColumnOfAnotherTypeIsRefused(string column, string role, string expected)
    {
        using var folders = new TrainingFolders();
        IDataView view = folders.Both(_ml);
        view = _ml.Transforms.CopyColumns(column, "TargetImagePath").Fit(view).Transform(view);
        AssertRefused(folders, view, $"Schema mismatch for {role} column '{column}': expected {expected}, got String");
    }

    [TestMethod]
    public void KeysOfAnotherSizeAreNoLabels()
    {
        using var folders = new TrainingFolders();
        IDataView view = folders.Both(_ml);
        view = _ml.Transforms.Text.TokenizeIntoWords("SourceLabel", "SourceLabelPath", ['/'])
            .Append(_ml.Transforms.Conversion.MapValueToKey("SourceLabel")).Fit(view).Transform(view);
        AssertRefused(
            folders, view, "Schema mismatch for source label column 'SourceLabel': expected Vector<Key<Byte>>, got ", "Vector<Key<UInt32");
    }

    [TestMethod]
    public void ACacheOfMLNetsIsNamedWhereItHasLeftOutTheImages()
    {
        using var folders = new TrainingFolders();
        AssertRefused(
            folders, _ml.Data.Cache(folders.Both(_ml)), "Could not find source image column 'SourceImage'", "AppendCacheCheckpoint",
            "Loading.SampleCacheBytes");
    }

    [TestMethod]
    public void AScalarKeyIsNoLabel()
    {
        using var folders = new TrainingFolders();
        IDataView view = folders.Both(_ml);
        view = _ml.Transforms.Conversion.MapValueToKey("SourceLabel", "SourceLabelPath").Fit(view).Transform(view);
        AssertRefused(folders, view, "Schema mismatch for source label column 'SourceLabel': expected Vector<Key<Byte>>, got Key<UInt32");
    }

    [TestMethod]
    public void AChainIsRefusedBeforeAnyImageIsRead()
    {
        using var folders = new TrainingFolders();
        RoadTrainerOptions options = TrainerFixture.Adapting(folders);
        IDataView paths = folders.Paths(_ml);
        File.Delete(folders.TargetImage(0));
        EstimatorChain<RoadTransformer> chain = _ml.Transforms.LoadImages("TargetImage", null, "TargetImagePath")
            .Append(_ml.SemanticSegmentation.Trainers.Road(options));

        ArgumentException error = Assert.Throws<ArgumentException>(() => chain.Fit(paths));
        TrainerFixture.AssertMessage(error, "Could not find source image column 'SourceImage'");
    }

    private void AssertRefused(TrainingFolders folders, IDataView view, params string[] messages)
    {
        RoadTrainer trainer = _ml.SemanticSegmentation.Trainers.Road(TrainerFixture.Adapting(folders));
        ArgumentOutOfRangeException[] errors =
        [
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => trainer.Fit(view)),
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => trainer.Fit(view, view)),
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => trainer.GetOutputSchema(Shape.Of(view))),
        ];
        foreach (ArgumentOutOfRangeException error in errors)
        {
            TrainerFixture.AssertMessage(error, messages);
        }
    }
}

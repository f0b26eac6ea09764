using Road.Torch.Training;
using Road.Torch.Weights;

namespace Road.Torch.Tests.Training;

/// <summary>The checkpoint of a version before digests, in tests/fixtures/unsealed: this training's, broken off after two steps.</summary>
[TestClass]
public sealed class UnsealedCheckpointTests
{
    [TestMethod]
    public void AnEarlierCheckpointGoesOnWithOneWarningAndTheNextCarriesADigest()
    {
        using TemporaryFolder folder = new();
        string path = Copy(folder);
        List<string> warnings = [];
        List<RoadProgress> reports = [];

        Train(folder, reports, warnings);

        Assert.HasCount(1, warnings);
        StringAssert.Contains(warnings[0], path);
        StringAssert.Contains(warnings[0], "carries no digest");
        CollectionAssert.AreEqual(new[] { 3, 4 }, reports.Select(static report => report.Iteration).ToArray());
        using (SafetensorsFile file = SafetensorsFile.Open(path))
        {
            file.Verify();
        }

        Train(folder, reports, warnings);
        Assert.HasCount(1, warnings);
    }

    [TestMethod]
    public void AnEarlierCheckpointThatHoldsNaNIsRefused()
    {
        using TemporaryFolder folder = new();
        string path = Copy(folder);
        byte[] content = File.ReadAllBytes(path);
        int start = 8 + (int)BitConverter.ToInt64(content);
        BitConverter.GetBytes(float.NaN).CopyTo(content, start);
        File.WriteAllBytes(path, content);

        InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(() => Train(folder, [], []));

        StringAssert.Contains(error.Message, path);
        StringAssert.Contains(error.Message, "the tensor 'network.");
    }

    private static string Copy(TemporaryFolder folder)
    {
        string path = Path.GetFullPath(folder["checkpoint.safetensors"]);
        File.Copy(Path.Combine(AppContext.BaseDirectory, "fixtures", "unsealed", "checkpoint.safetensors"), path);
        return path;
    }

    private static void Train(TemporaryFolder folder, List<RoadProgress> reports, List<string> warnings)
    {
        RoadTrainingOptions options = new()
        {
            CropSize = 32,
            BatchSize = 1,
            Iterations = 4,
            LearningRate = 0.01,
            LoaderWorkers = 1,
            RegionRows = 1,
            RegionColumns = 2,
            ProgressInterval = 1,
            CheckpointDirectory = folder.Path,
            Progress = new ProgressRecorder(reports),
        };
        using TrainingFixture fixture = new(options, new DropoutFactory());
        fixture.Train(new StripedSource(8, labelled: true), new StripedSource(8, labelled: false), warn: warnings.Add);
    }
}

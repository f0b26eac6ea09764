using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using Road.Torch;
using Road.Torch.Networks;

namespace Road.MLNet.Tests.Training;

/// <summary>
/// The process grows by at most 2% from the first tenth of the steps or images on, of a training with both adaptations and of
/// a scoring with the smallest of the real networks.
/// </summary>
[TestClass]
public sealed class ResidentMemoryTests
{
    private const double Growth = 0.02;

    [TestMethod]
    public void TwoHundredStepsTakeNoMoreMemoryThanTwenty()
    {
        // Few images, so that there are a hundred passes, each with cursors of its own.
        using var folders = new TrainingFolders(sources: 2, targets: 3, width: 128, height: 96);
        var ml = new MLContext(1);
        Dictionary<int, long> memory = [];
        RoadTrainerOptions options = TrainerFixture.Adapting(folders, SegmentationNetworks.Get("deeplab-squeezenet1_1"));
        options.CropSize = 96;
        options.BatchSize = 1;
        options.Iterations = 200;
        options.LearningRate = 1e-5;
        options.ProgressInterval = 20;
        options.LoaderWorkers = 2;
        options.Progress = new RecordingProgress(progress => memory[progress.Iteration] = ReadResidentMemory());

        ml.SemanticSegmentation.Trainers.Road(options).Fit(folders.Both(ml)).Dispose();

        AssertFlat(memory);
    }

    [TestMethod]
    public void FiveHundredScoredImagesTakeNoMoreMemoryThanFifty()
    {
        using var folders = new TrainingFolders(sources: 1, targets: 10, width: 128, height: 96);
        var ml = new MLContext(1);
        RoadTrainerOptions options = TrainerFixture.SourceOnly();
        options.Network = SegmentationNetworks.Get("deeplab-squeezenet1_1");
        options.ScoreColumnName = "Score";
        using RoadTransformer model = ml.SemanticSegmentation.Trainers.Road(options).Fit(folders.Source(ml));
        IDataView photos = ml.Data.LoadFromEnumerable(
            Enumerable.Range(0, 500).Select(i => new Photo { TargetImagePath = folders.TargetImage(i % 10) }).ToArray());
        photos = ml.Transforms.LoadImages("TargetImage", null, "TargetImagePath").Fit(photos).Transform(photos);

        AssertFlat(ReadScores(model.Transform(photos)));
    }

    /// <summary>Reads every prediction; the resident memory after every 50 rows.</summary>
    private static Dictionary<int, long> ReadScores(IDataView scored)
    {
        Dictionary<int, long> memory = [];
        using DataViewRowCursor cursor = scored.GetRowCursor(scored.Schema);
        ValueGetter<VBuffer<byte>> getLabel = cursor.GetGetter<VBuffer<byte>>(scored.Schema["PredictedLabel"]);
        ValueGetter<VBuffer<float>> getScore = cursor.GetGetter<VBuffer<float>>(scored.Schema["Score"]);
        ValueGetter<MLImage> getMask = cursor.GetGetter<MLImage>(scored.Schema["PredictedMask"]);
        VBuffer<byte> label = default;
        VBuffer<float> score = default;
        MLImage mask = null!;
        for (int row = 1; cursor.MoveNext(); row++)
        {
            getLabel(ref label);
            getScore(ref score);
            getMask(ref mask);
            Assert.AreEqual((128 * 96, 3 * 128 * 96, 128), (label.Length, score.Length, mask.Width));
            if (row % 50 == 0)
            {
                memory[row] = ReadResidentMemory();
            }
        }

        return memory;
    }

    /// <summary>
    /// Compares medians of three readings at either end: a single one is a region of the garbage collector, 4 MiB, more or
    /// less, which is more than 1% of so small a process.
    /// </summary>
    private static void AssertFlat(Dictionary<int, long> memory) => Assert.IsLessThanOrEqualTo(
        (long)(Median(InOrder(memory)[..3]) * (1 + Growth)),
        Median(InOrder(memory)[^3..]),
        string.Join(", ", memory.Select(pair => FormattableString.Invariant($"{pair.Key}: {pair.Value / 1048576.0:F1} MiB"))));

    private static long[] InOrder(Dictionary<int, long> memory) =>
        [.. memory.OrderBy(static reading => reading.Key).Select(static reading => reading.Value)];

    private static long Median(long[] readings) => readings.Order().ElementAt(readings.Length / 2);

    private static long ReadResidentMemory()
    {
        // Aggressive gives free pages back, and trimming does so for the native heap: what stays is what is held, and not
        // what lies free between blocks.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        FreedMemory.GiveBack();
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    private sealed class Photo
    {
        public string TargetImagePath { get; set; } = string.Empty;
    }
}

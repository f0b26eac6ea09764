using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Road.MLNet.Tests.Training;

/// <summary>
/// The process grows by at most 2% from the 50th to the 500th step or image. What it takes once - the code that the JIT
/// recompiles over the first few hundred steps, the heaps that libtorch and SkiaSharp open for each thread - is taken by
/// a warm-up before. And 2% of a process with so small a network are under 6 MiB, which a single region of the garbage
/// collector, 4 MiB, nearly uses up: 8 MiB are allowed. One batch of crops held from each step would take 11.
/// </summary>
[TestClass]
public sealed class ResidentMemoryTests
{
    private const double Growth = 0.02;
    private const long Granularity = 8 << 20;

    [TestMethod]
    public void FiveHundredStepsTakeNoMoreMemoryThanFifty()
    {
        // Few images, so that there are a hundred passes, each with cursors of its own; 2% are about a tenth of the pixels read.
        using var folders = new TrainingFolders(sources: 5, targets: 4, width: 128, height: 96);
        var ml = new MLContext(1);
        Dictionary<int, long> memory = [];
        RoadTrainerOptions options = TrainerFixture.Adapting(folders, new Scoring.TinyFactory());
        options.Iterations = 400;
        options.ProgressInterval = 50;
        options.LoaderWorkers = 2;
        options.Progress = new RecordingProgress(_ => ReadResidentMemory());
        ml.SemanticSegmentation.Trainers.Road(options).Fit(folders.Both(ml)).Dispose();

        options.Iterations = 500;
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
        options.ScoreColumnName = "Score";
        using RoadTransformer model = ml.SemanticSegmentation.Trainers.Road(options).Fit(folders.Source(ml));
        IDataView photos = ml.Data.LoadFromEnumerable(
            Enumerable.Range(0, 500).Select(i => new Photo { TargetImagePath = folders.TargetImage(i % 10) }).ToArray());
        photos = ml.Transforms.LoadImages("TargetImage", null, "TargetImagePath").Fit(photos).Transform(photos);
        IDataView scored = model.Transform(photos);

        ReadScores(scored);
        AssertFlat(ReadScores(scored));
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

    private static void AssertFlat(Dictionary<int, long> memory) => Assert.IsLessThanOrEqualTo(
        memory[50] + Math.Max(Granularity, (long)(memory[50] * Growth)),
        memory[500],
        string.Join(", ", memory.Select(pair => FormattableString.Invariant($"{pair.Key}: {pair.Value / 1048576.0:F1} MiB"))));

    private static long ReadResidentMemory()
    {
        // Aggressive gives free pages back, so that what stays is what is held.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    private sealed class Photo
    {
        public string TargetImagePath { get; set; } = string.Empty;
    }
}

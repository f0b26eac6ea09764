using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using Road.MLNet;
using Road.Torch;

namespace Road.Reliability.LongLife;

/// <summary>
/// Ten equal parts of predictions on several threads, with engines made and disposed and cursors abandoned, beside short trainings.
/// The program runs without tiered compilation, which compiles hot methods anew for long and would count as growth.
/// </summary>
internal sealed class LongLifeRun(int predictions, int threads, int trainings)
{
    private const int Parts = 10;
    private const int PredictionsOfAnEngine = 25;
    private const double Growth = 1.05;
    private const double Mebi = 1 << 20;

    // The runtime's own that come and go: one for timers, one that compiles hot methods anew.
    private const int RuntimeThreads = 2;

    private readonly MLContext _ml = new(1);

    /// <summary>Runs all and prints a line for each part.</summary>
    /// <returns>0 where memory and threads stay, else 1.</returns>
    public int Run()
    {
        TorchRuntime.EnsureAvailable();
        string folder = Directory.CreateTempSubdirectory("road-longlife-").FullName;
        try
        {
            return Run(new TinyDomain(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private int Run(TinyDomain domain)
    {
        using RoadTransformer model = domain.Train(_ml, TinyDomain.Options());
        (long Memory, int Threads) first = default;
        (long Memory, int Threads) last = default;
        using Barrier parts = new(threads + 1);
        Exception? failure = null;
        for (int i = 0; i < threads; i++)
        {
            int thread = i;
            new Thread(() => PredictParts(model, thread, parts, ref failure)) { IsBackground = true }.Start();
        }

        for (int part = 0; part < Parts; part++)
        {
            parts.SignalAndWait();
            for (int i = Share(trainings, Parts, part); i > 0; i--)
            {
                domain.Train(_ml, TinyDomain.Options()).Dispose();
            }

            parts.SignalAndWait();
            if (Volatile.Read(ref failure) is { } error)
            {
                throw new InvalidOperationException($"A prediction failed: {error.Message}", error);
            }

            last = Measure();
            first = part == 0 ? last : first;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"part {part + 1,2}: {last.Memory / Mebi:F1} MiB resident, {last.Threads} threads of its own"));
        }

        bool holds = last.Memory <= first.Memory * Growth && last.Threads <= first.Threads + RuntimeThreads;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{(holds ? "pass" : "FAIL")}: memory {last.Memory / (double)first.Memory:F3} of that after the first part (at most {Growth}), "
            + $"threads {first.Threads} and {last.Threads} (at most {RuntimeThreads} more)"));
        return holds ? 0 : 1;
    }

    private static int Share(int all, int parts, int part) => (all / parts) + (part < all % parts ? 1 : 0);

    /// <summary>Predicts a thread's share of each part, between two meetings with the thread that measures.</summary>
    private void PredictParts(RoadTransformer model, int thread, Barrier parts, ref Exception? failure)
    {
        for (int part = 0; part < Parts; part++)
        {
            parts.SignalAndWait();
            try
            {
                Predict(model, Share(Share(predictions, Parts, part), threads, thread));
            }
            catch (Exception error)
            {
                Interlocked.CompareExchange(ref failure, error, null);
            }

            parts.SignalAndWait();
        }
    }

    private void Predict(RoadTransformer model, int count)
    {
        for (int made = 0; made < count; made += PredictionsOfAnEngine)
        {
            using PredictionEngine<Picture, Prediction> engine = _ml.Model.CreatePredictionEngine<Picture, Prediction>(
                model, new PredictionEngineOptions { OwnsTransformer = false });
            Prediction prediction = new();
            for (int i = made; i < Math.Min(count, made + PredictionsOfAnEngine); i++)
            {
                using MLImage image = TinyDomain.CreateImage(i);
                engine.Predict(new Picture { TargetImage = image }, ref prediction);
            }

            prediction.PredictedMask?.Dispose();
            Abandon(model);
        }
    }

    /// <summary>Reads a row of several, and neither the others nor the cursor's end.</summary>
    private void Abandon(RoadTransformer model)
    {
        MLImage image = TinyDomain.CreateImage(0);
        IDataView scored = model.Transform(_ml.Data.LoadFromEnumerable(Enumerable.Repeat(new Picture { TargetImage = image }, 4)));
        DataViewRowCursor cursor = scored.GetRowCursor(scored.Schema);
        cursor.MoveNext();
        VBuffer<byte> label = default;
        cursor.GetGetter<VBuffer<byte>>(scored.Schema["PredictedLabel"])(ref label);
    }

    /// <summary>
    /// What is held once everything is collected that can be: memory, and threads but those of the pool, which come and go.
    /// </summary>
    private static (long Memory, int Threads) Measure()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        FreedMemory.GiveBack();
        using Process process = Process.GetCurrentProcess();
        return (process.WorkingSet64, process.Threads.Count - ThreadPool.ThreadCount);
    }

    private sealed class Picture
    {
        [ImageType(16, 16)]
        public MLImage? TargetImage { get; set; }
    }

    private sealed class Prediction
    {
        public VBuffer<byte> PredictedLabel { get; set; }

        public MLImage? PredictedMask { get; set; }
    }
}

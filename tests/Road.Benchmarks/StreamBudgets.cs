using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Road.MLNet;
using Road.MLNet.Data;
using Road.Torch.Data;
using Road.Torch.Networks;
using Road.Torch.Training;

namespace Road.Benchmarks;

/// <summary>
/// The budgets of the way from files to batches. Set <c>OMP_NUM_THREADS=1</c> for the loading rate, where decoding alone is measured;
/// the waiting shares the cores with the network as a training does.
/// </summary>
internal static class StreamBudgets
{
    private const int SmallSet = 200;
    private const int LargeSet = 20_000;
    private const int Classes = 7;

    /// <summary>The budgets.</summary>
    public static IEnumerable<Budget> All =>
    [
        new("peak memory of training on 20,000 images over that on 200", 1.05, static _ => Memory()),
        new($"sample loading with {Environment.ProcessorCount} workers over as many times one core's rate", 0.9,
            static _ => Workers(Environment.ProcessorCount), IsFloor: true),
        new("share of a training step that waits for data, deeplab-vgg16", 0.05, static settings => Wait("deeplab-vgg16", settings)),
    ];

    /// <summary><c>memory-of</c>: trains on a set and prints the peak memory in bytes, which needs a process of its own.</summary>
    /// <param name="folder">The set's folder.</param>
    /// <returns>0.</returns>
    public static int RunMemoryOf(string folder)
    {
        Console.WriteLine(Train(folder).ToString(CultureInfo.InvariantCulture));
        return 0;
    }

    /// <summary>Peak memory of trainings of equal length, in processes of their own, on a small and on a large set.</summary>
    private static double Memory()
    {
        long small = MeasureMemory(SmallSet);
        long large = MeasureMemory(LargeSet);
        Note($"{large >> 20} and {small >> 20} MiB");
        return (double)large / small;
    }

    private static long MeasureMemory(int rows)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("road-benchmark-");
        try
        {
            BenchmarkImages.Write(folder.FullName, 20, 48, 40, Classes, 1, rows);
            ProcessStartInfo start = new(Environment.ProcessPath!, ["memory-of", folder.FullName])
            {
                RedirectStandardOutput = true,
            };
            using Process process = Process.Start(start)!;
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0
                ? long.Parse(output.Trim(), CultureInfo.InvariantCulture)
                : throw new InvalidOperationException($"The measurement of {rows} images failed: {output}");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Trains, then walks as many samples as the large set has; the peak memory in bytes.</summary>
    private static long Train(string folder)
    {
        IDataView view = BenchmarkImages.Open(folder, Classes);
        MLContext ml = new(1);
        RoadTrainerOptions options = new()
        {
            SourceImageColumnName = "Image",
            SourceLabelColumnName = "Label",
            TargetImageColumnName = "Image",
            Network = SegmentationNetworks.Get("deeplab-squeezenet1_1"),
            DistillationWeight = 0,
            CropSize = 32,
            BatchSize = 2,
            Iterations = 100,
            LearningRate = 1e-5,
            LoaderWorkers = 2,
        };
        ml.SemanticSegmentation.Trainers.Road(options).Fit(view).Dispose();
        using CropStream stream = new(
            new ViewSampleSource(view, "Image", "Label", null) { SamplesAreKept = false }, new RandomCrop(32), "source", 1, 2);
        for (int i = 0; i < LargeSet; i++)
        {
            stream.Next();
        }

        using Process self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64;
    }

    /// <summary>
    /// Crops a second from a stream of n workers over n times those that one core can cut: a thread by itself leaves some of its
    /// work, such as collecting garbage, to other cores, so what a core can do is told by the processor time of a sample.
    /// </summary>
    private static double Workers(int workers)
    {
        // Enough samples that those which the stream decodes ahead in vain, at the end of a round, hardly count.
        const int Rounds = 5;
        const int Samples = 480;
        DirectoryInfo folder = Directory.CreateTempSubdirectory("road-benchmark-");
        try
        {
            BenchmarkImages.Write(folder.FullName, 24, 480, 360, Classes, 1);
            ViewSampleSource source = new(BenchmarkImages.Open(folder.FullName, Classes), "Image", "Label", null)
            { SamplesAreKept = false };
            RandomCrop crop = new(321);
            List<double> alone = [];
            List<double> together = [];
            (double Alone, double Together) work = default;
            for (int round = 0; round <= Rounds; round++)
            {
                // The first round warms up.
                TimeSpan start = Environment.CpuUsage.TotalTime;
                double one = OneThread(source, crop, Samples);
                TimeSpan between = Environment.CpuUsage.TotalTime;
                double many = Stream(source, crop, Samples * workers, workers);
                if (round > 0)
                {
                    alone.Add(one);
                    together.Add(many);
                    work.Alone += (between - start).TotalMilliseconds / (Rounds * Samples);
                    work.Together += (Environment.CpuUsage.TotalTime - between).TotalMilliseconds / (Rounds * Samples * workers);
                }
            }

            Note(
                $"{Median(together):F1} samples a second with {workers} workers, {Median(alone):F1} with one thread alone, ",
                $"{work.Together:F2} and {work.Alone:F2} ms of processor time a sample; crops of 321 from PNG files of 480 x 360");
            double oneCore = 1000 / work.Alone;
            return Median(together) / (workers * oneCore);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static double OneThread(ViewSampleSource source, RandomCrop crop, int samples)
    {
        Random random = new(1);
        long start = Stopwatch.GetTimestamp();
        for (int pass = 0, taken = 0; taken < samples; pass++)
        {
            using ISampleCursor cursor = source.Open(pass);
            for (; taken < samples && cursor.MoveNext(); taken++)
            {
                crop.Apply(cursor.Decode(), random);
            }
        }

        return samples / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Stream(ViewSampleSource source, RandomCrop crop, int samples, int workers)
    {
        long start = Stopwatch.GetTimestamp();
        using CropStream stream = new(source, crop, "source", 1, workers);
        for (int i = 0; i < samples; i++)
        {
            stream.Next();
        }

        return samples / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>The share of training steps that goes by until the batch is there.</summary>
    private static double Wait(string network, BudgetSettings settings)
    {
        const int Steps = 3;
        using StepWorkload workload = new(network, new RoadTrainingOptions { BatchSize = settings.BatchSize });
        workload.Full();
        TimeSpan before = workload.Waited;
        long start = Stopwatch.GetTimestamp();
        for (int step = 0; step < Steps; step++)
        {
            workload.Full();
        }

        TimeSpan total = Stopwatch.GetElapsedTime(start);
        TimeSpan waited = workload.Waited - before;
        Note($"{waited.TotalMilliseconds / Steps:F0} of {total.TotalMilliseconds / Steps:F0} ms; {workload.Description}");
        return waited / total;
    }

    private static void Note(params FormattableString[] text) =>
        Console.WriteLine("      " + string.Concat(text.Select(static part => part.ToString(CultureInfo.InvariantCulture))));

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}

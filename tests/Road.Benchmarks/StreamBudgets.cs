using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Road.MLNet;
using Road.MLNet.Data;
using Road.Torch.Data;
using Road.Torch.Networks;
using TorchSharp;

namespace Road.Benchmarks;

/// <summary>
/// <c>stream</c>: what the way from files to batches costs. Set <c>OMP_NUM_THREADS=1</c> for <c>workers</c>, where decoding
/// alone is measured; <c>wait</c> shares the cores with the network as a training does.
/// </summary>
internal static class StreamBudgets
{
    private const int SmallSet = 200;
    private const int LargeSet = 20_000;
    private const int Classes = 7;
    private const string Usage = "usage: stream [memory | workers [N] | wait [NETWORK]] ...; all three without arguments";

    /// <summary>Runs the measurements.</summary>
    /// <param name="args">Which ones.</param>
    /// <returns>0 where all pass, 1 where one fails, 2 for bad usage.</returns>
    public static int Run(string[] args)
    {
        switch (args)
        {
            case []:
                // All are measured, whatever comes of the first.
                return Memory() & Workers(Environment.ProcessorCount) & Wait("deeplab-vgg16") ? 0 : 1;
            case ["memory"]:
                return Memory() ? 0 : 1;
            case ["memory-of", string folder]:
                Console.WriteLine(Train(folder).ToString(CultureInfo.InvariantCulture));
                return 0;
            case ["workers"]:
                return Workers(Environment.ProcessorCount) ? 0 : 1;
            case ["workers", string number] when int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int workers) && workers is >= 1 and <= 64:
                return Workers(workers) ? 0 : 1;
            case ["wait"]:
                return Wait("deeplab-vgg16") ? 0 : 1;
            case ["wait", string network]:
                return Wait(network) ? 0 : 1;
            default:
                Console.Error.WriteLine(Usage);
                return 2;
        }
    }

    /// <summary>Peak memory of trainings of equal length, in processes of their own, on a small and on a large set.</summary>
    private static bool Memory()
    {
        long small = MeasureMemory(SmallSet);
        long large = MeasureMemory(LargeSet);
        return Report(
            $"peak memory of training on {LargeSet} images over that on {SmallSet}",
            (double)large / small,
            $"{large >> 20} and {small >> 20} MiB",
            atMost: 1.05);
    }

    private static long MeasureMemory(int rows)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("road-benchmark-");
        try
        {
            BenchmarkImages.Write(folder.FullName, 20, 48, 40, Classes, 1, rows);
            ProcessStartInfo start = new(Environment.ProcessPath!, ["stream", "memory-of", folder.FullName])
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
        using CropStream stream = new(new ViewSampleSource(view, "Image", "Label", null), new RandomCrop(32), "source", 1, 2);
        for (int i = 0; i < LargeSet; i++)
        {
            stream.Next();
        }

        using Process self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64;
    }

    /// <summary>Crops a second from a stream of n workers over n times those that one thread cuts by itself.</summary>
    private static bool Workers(int workers)
    {
        const int Rounds = 7;
        const int Samples = 120;
        DirectoryInfo folder = Directory.CreateTempSubdirectory("road-benchmark-");
        try
        {
            BenchmarkImages.Write(folder.FullName, 24, 480, 360, Classes, 1);
            ViewSampleSource source = new(BenchmarkImages.Open(folder.FullName, Classes), "Image", "Label", null);
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

            double rate = Median(alone);
            return Report(
                $"sample loading with {workers} workers over {workers} times one thread's rate, crops of 321 from PNG files of 480 x 360",
                Median(together) / (workers * rate),
                string.Create(CultureInfo.InvariantCulture, $"{Median(together):F1} and {rate:F1} samples a second, {work.Together:F2} and {work.Alone:F2} ms of processor time a sample"),
                atLeast: 0.9);
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
    private static bool Wait(string network)
    {
        const int Steps = 3;
        using StepWorkload workload = new(network);
        workload.Full();
        TimeSpan before = workload.Waited;
        long start = Stopwatch.GetTimestamp();
        for (int step = 0; step < Steps; step++)
        {
            workload.Full();
        }

        TimeSpan total = Stopwatch.GetElapsedTime(start);
        TimeSpan waited = workload.Waited - before;
        return Report(
            $"waiting for data in a training step, {network}, {workload.Description}, {torch.get_num_threads()} threads",
            waited / total,
            string.Create(CultureInfo.InvariantCulture, $"{waited.TotalMilliseconds / Steps:F0} of {total.TotalMilliseconds / Steps:F0} ms"),
            atMost: 0.05);
    }

    private static bool Report(string what, double measured, string details, double? atMost = null, double? atLeast = null)
    {
        bool passed = !(measured > atMost) && !(measured < atLeast);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: {measured:F3} (limit {atMost ?? atLeast:F2}) {(passed ? "pass" : "FAIL")}; {details}"));
        return passed;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}

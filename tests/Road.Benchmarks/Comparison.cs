using System.Globalization;
using Road.Torch;
using Road.Torch.Scoring;
using Road.Torch.Training;
using TorchSharp;

namespace Road.Benchmarks;

/// <summary>
/// <c>compare</c>: the training step and the scoring of a 2048 x 1024 image beside plain PyTorch's in turns. Ours reads
/// its crops from PNG files, PyTorch finds them in memory.
/// </summary>
internal static class Comparison
{
    private const string Network = "deeplab-vgg16";
    private const int CropSize = 321;
    private const string Usage = "compare [--python FILE] [--rounds N] [--batch N] [step] [score]";

    /// <summary>Runs the comparison.</summary>
    /// <param name="args"><c>[--python FILE] [--rounds N] [--batch N] [step] [score]</c>.</param>
    /// <returns>0, or 2 for bad usage.</returns>
    public static int Run(string[] args)
    {
        CommandLine line = new(args, Usage, "--python", "--rounds", "--batch");
        if (line.Error is { } error || (error = line.Words.Any(static word => word is not ("step" or "score")) ? $"usage: {Usage}" : null) is not null)
        {
            Console.Error.WriteLine(error);
            return 2;
        }

        int rounds = line.Number("--rounds", 5);
        int batch = line.Number("--batch", 5);
        using PyTorchScript script = new(line.Text("--python") ?? "/usr/bin/python3", torch.get_num_threads(), batch, CropSize);
        Console.WriteLine($"PyTorch {script.Version}, {torch.get_num_threads()} threads each, {Network}");
        if (line.Words.Count == 0 || line.Words.Contains("step"))
        {
            using StepWorkload single = new(Network, new RoadTrainingOptions { BatchSize = batch });
            using StepWorkload half = new(Network, new RoadTrainingOptions { BatchSize = batch, Precision = Precision.BFloat16 });
            Report($"step of {batch}+{batch} crops of {CropSize}", Alternation.Medians(rounds, () => script.Run("step"), single.Full, half.Full));
        }

        if (line.Words.Count == 0 || line.Words.Contains("score"))
        {
            using ScoreWorkload single = new(Network, 2048, 1024, new ScoringOptions());
            using ScoreWorkload half = new(Network, 2048, 1024, new ScoringOptions { Precision = Precision.BFloat16 });
            Report("image of 2048 x 1024", Alternation.Medians(rounds, () => script.Run("score"), () => single.Run(), () => half.Run()));
        }

        return 0;
    }

    private static void Report(string job, double[] seconds) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{job}: PyTorch {seconds[0]:F2} s; Road float32 {seconds[1]:F2} s, {seconds[0] / seconds[1]:F2} times as fast; bfloat16 {seconds[2]:F2} s, {seconds[0] / seconds[2]:F2} times as fast"));
}

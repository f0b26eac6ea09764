using System.Globalization;
using Road.Torch;
using Road.Torch.Scoring;
using Road.Torch.Training;
using TorchSharp;

namespace Road.Benchmarks;

/// <summary>
/// <c>compare</c>: the training step beside plain PyTorch's, and the scoring of an image beside PyTorch's and that of an ONNX
/// model in ML.NET, in turns. Our step reads its crops from PNG files, PyTorch finds them in memory; images are in memory for
/// all, and all end with class indices of the image's size.
/// </summary>
internal static class Comparison
{
    private const string Network = "deeplab-vgg16";
    private const string Usage = "compare [--python FILE] [--rounds N] [--batch N] [--crop N] [--width N --height N] [step] [score]";

    /// <summary>Runs the comparison.</summary>
    /// <param name="args">As the usage says.</param>
    /// <returns>0, or 2 for bad usage.</returns>
    public static int Run(string[] args)
    {
        CommandLine line = new(args, Usage, "--python", "--rounds", "--batch", "--crop", "--width", "--height");
        if (line.Error is { } error || (error = WrongUse(line)) is not null)
        {
            Console.Error.WriteLine(error);
            return 2;
        }

        int rounds = line.Number("--rounds", 5);
        int batch = line.Number("--batch", 5);
        int crop = line.Number("--crop", 321);
        int threads = torch.get_num_threads();
        using PyTorchScript script = new(line.Text("--python") ?? "/usr/bin/python3", threads, batch, crop);
        Console.WriteLine($"PyTorch {script.Version}, {threads} threads each, {Network}");
        if (line.Words.Count == 0 || line.Words.Contains("step"))
        {
            using StepWorkload single = new(Network, new RoadTrainingOptions { BatchSize = batch }, crop);
            using StepWorkload half = new(Network, new RoadTrainingOptions { BatchSize = batch, Precision = Precision.BFloat16 }, crop);
            double[] seconds = Alternation.Medians(rounds, () => script.Run("step"), single.Full, half.Full);
            Report($"step of {batch}+{batch} crops of {crop}", seconds, ["PyTorch"]);
        }

        if (line.Words.Count == 0 || line.Words.Contains("score"))
        {
            (int, int)[] sizes = line.Number("--width", 0) is > 0 and int chosen
                ? [(chosen, line.Number("--height", 0))]
                : [(512, 256), (2048, 1024)];
            foreach ((int width, int height) in sizes)
            {
                Score(script, width, height, rounds, threads);
            }
        }

        return 0;
    }

    private static string? WrongUse(CommandLine line) =>
        line.Words.Any(static word => word is not ("step" or "score")) ? $"usage: {Usage}"
        : line.Number("--width", 0) > 0 != line.Number("--height", 0) > 0 ? "error: --width and --height go together."
        : null;

    private static void Score(PyTorchScript script, int width, int height, int rounds, int threads)
    {
        using ScoreWorkload single = new(Network, width, height, new ScoringOptions());
        using ScoreWorkload half = new(Network, width, height, new ScoringOptions { Precision = Precision.BFloat16 });
        using OnnxWorkload onnx = new(Network, width, height, threads);
        double[] seconds = Alternation.Medians(
            rounds, () => script.Run($"score {width} {height}"), onnx.Run, () => single.Run(), () => half.Run());
        Report($"image of {width} x {height}", seconds, ["PyTorch", "ML.NET with ONNX"]);
    }

    /// <summary>Prints the seconds of the others, then ours in float32 and bfloat16, and how many times as fast these are.</summary>
    private static void Report(string job, double[] seconds, string[] others)
    {
        Console.WriteLine($"{job}:");
        for (int i = 0; i < others.Length; i++)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"    {others[i]} {seconds[i]:F3} s; Road float32 {seconds[^2]:F3} s, {seconds[i] / seconds[^2]:F2} times as fast; "
                + $"bfloat16 {seconds[^1]:F3} s, {seconds[i] / seconds[^1]:F2} times as fast"));
        }
    }
}

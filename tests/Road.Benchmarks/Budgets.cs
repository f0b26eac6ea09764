using System.Diagnostics;
using System.Globalization;

namespace Road.Benchmarks;

/// <summary>
/// <c>budgets</c>: whole jobs against what they are made of, as ratios within one run. The two sides alternate, so that
/// whatever else the machine does falls on both, and medians leave out the rest.
/// </summary>
internal static class Budgets
{
    private const int DefaultRounds = 15;

    /// <summary>Runs the budgets.</summary>
    /// <param name="args"><c>[--rounds N] [NETWORK ...]</c>.</param>
    /// <returns>0 where all pass, 1 where one fails, 2 for bad usage.</returns>
    public static int Run(string[] args)
    {
        int rounds = DefaultRounds;
        if (args is ["--rounds", string text, ..])
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out rounds) || rounds < 1)
            {
                Console.Error.WriteLine($"error: --rounds must be a number from 1 on, not '{text}'.");
                return 2;
            }

            args = args[2..];
        }

        bool passed = true;
        foreach (string network in args.Length > 0 ? args : ["deeplab-squeezenet1_1"])
        {
            passed &= Step(network, rounds, limit: 1.2);
        }

        return passed ? 0 : 1;
    }

    private static bool Step(string network, int rounds, double limit)
    {
        using StepWorkload workload = new(network);
        workload.Bare();
        workload.Full();
        List<double> bare = [];
        List<double> full = [];
        for (int round = 0; round < rounds; round++)
        {
            bare.Add(Time(workload.Bare));
            full.Add(Time(workload.Full));
        }

        double ratio = Median(full) / Median(bare);
        bool passed = ratio <= limit;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"training step over bare forward and backward, {network}, {workload.Description}: {ratio:F3} (limit {limit:F2}) {(passed ? "pass" : "FAIL")}; {Median(full) * 1000:F0} ms and {Median(bare) * 1000:F0} ms; peak memory {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MiB"));
        return passed;
    }

    private static double Time(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}

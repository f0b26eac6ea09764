using System.Diagnostics;

namespace Road.Benchmarks;

/// <summary>Times jobs in turns, so that whatever else the machine does falls on all of them.</summary>
internal static class Alternation
{
    // So long the runtime compiles a job's hot methods anew, on cores that it measures.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(6);

    // Jobs of a fraction of a second vary by a fifth from one time to the next, so a few rounds of them say nothing.
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(20);

    /// <summary>The median time of one job over that of another.</summary>
    /// <param name="rounds">
    /// How often each runs at least, after a warm-up that does not count; all together run for 20 seconds at least.
    /// </param>
    /// <param name="job">The job.</param>
    /// <param name="reference">What it is compared with.</param>
    public static double Ratio(int rounds, Action job, Action reference)
    {
        double[] medians = Medians(rounds, job, reference);
        return medians[0] / medians[1];
    }

    /// <summary>The median seconds of each job.</summary>
    /// <param name="rounds">
    /// How often each runs at least, after a warm-up that does not count; all together run for 20 seconds at least.
    /// </param>
    /// <param name="jobs">The jobs.</param>
    public static double[] Medians(int rounds, params Action[] jobs)
    {
        List<double>[] times = [.. jobs.Select(static _ => new List<double>())];
        long start = Stopwatch.GetTimestamp();
        do
        {
            foreach (Action job in jobs)
            {
                job();
            }
        }
        while (Stopwatch.GetElapsedTime(start) < WarmUp);

        start = Stopwatch.GetTimestamp();
        while (times[0].Count < rounds || Stopwatch.GetElapsedTime(start) < Shortest)
        {
            for (int i = 0; i < jobs.Length; i++)
            {
                times[i].Add(Time(jobs[i]));
            }
        }

        return [.. times.Select(Median)];
    }

    private static double Time(Action job)
    {
        long start = Stopwatch.GetTimestamp();
        job();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Median(List<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}

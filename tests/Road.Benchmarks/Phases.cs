using System.Diagnostics;
using System.Globalization;

namespace Road.Benchmarks;

/// <summary>Adds up the time of a job's phases and prints their shares.</summary>
internal sealed class Phases
{
    private readonly OrderedDictionary<string, double> _seconds = [];

    /// <summary>Times one phase.</summary>
    /// <param name="phase">Its name.</param>
    /// <param name="work">The phase.</param>
    public T Time<T>(string phase, Func<T> work)
    {
        long start = Stopwatch.GetTimestamp();
        T result = work();
        _seconds[phase] = _seconds.GetValueOrDefault(phase) + Stopwatch.GetElapsedTime(start).TotalSeconds;
        return result;
    }

    /// <summary>Times one phase.</summary>
    /// <param name="phase">Its name.</param>
    /// <param name="work">The phase.</param>
    public void Time(string phase, Action work) => Time(phase, () =>
    {
        work();
        return 0;
    });

    /// <summary>Forgets what was timed, so that a first run does not count.</summary>
    public void Reset() => _seconds.Clear();

    /// <summary>Prints a row of a table: the seconds of one run, then each phase's share in percent.</summary>
    /// <param name="job">What the job is called.</param>
    /// <param name="runs">How often it ran.</param>
    public void Print(string job, int runs)
    {
        double total = _seconds.Values.Sum();
        Console.WriteLine($"| {job} | s | {string.Join(" | ", _seconds.Keys)} |");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| | {total / runs:F3} | {string.Join(" | ", _seconds.Values.Select(Share))} |"));

        string Share(double seconds) => (100 * seconds / total).ToString("F1", CultureInfo.InvariantCulture);
    }
}

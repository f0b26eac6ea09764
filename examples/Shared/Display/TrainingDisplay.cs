using System.Diagnostics;
using System.Globalization;
using Road.Torch.Training;
using Spectre.Console;

namespace Road.Examples.Display;

/// <summary>
/// Shows a training while it runs: on a terminal a panel that is drawn anew, elsewhere lines. It follows the training as an observer, which
/// runs within <see cref="Run"/>.
/// </summary>
/// <param name="console">Where it is shown.</param>
/// <param name="title">What is trained.</param>
/// <param name="writesIterations">
/// Whether the lines tell of iterations too, once a tenth and at least every half minute; not where the library's log is written already.
/// </param>
/// <param name="cancellation">
/// What ends the training; the cursor is then shown again, since a second signal ends the program at once.
/// </param>
internal sealed class TrainingDisplay(
    IAnsiConsole console, string title, bool writesIterations, CancellationToken cancellation = default) : ITrainingObserver
{
    private const int RefreshMilliseconds = 500;
    private const int Tenths = 10;

    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(30);

    private readonly TrainingPanel _panel = new(title);

    // The console and its live display take two locks, a line in one order and a refresh in the other: one of both at a time.
    private readonly Lock _lock = new();
    private readonly Stopwatch _silence = Stopwatch.StartNew();
    private int _tenth;

    /// <summary>The score to show, which is measured once however many want it; null for none.</summary>
    public SnapshotMetric? Metric { get; set; }

    public bool WantsSnapshots => Metric is not null;

    /// <summary>Whether a panel is shown.</summary>
    public bool IsLive { get; } = console.Profile is { Capabilities: { Interactive: true, Ansi: true }, Out.IsTerminal: true };

    /// <summary>Trains, and shows it.</summary>
    public T Run<T>(Func<T> train)
    {
        if (!IsLive)
        {
            return train();
        }

        using CancellationTokenRegistration shown = cancellation.Register(() => Draw(() => console.Cursor.Show(true)));
        return console.Live(_panel).Overflow(VerticalOverflow.Crop).Start(context =>
        {
            using Timer timer = new(_ => Draw(context.Refresh), null, RefreshMilliseconds, RefreshMilliseconds);
            try
            {
                return train();
            }
            finally
            {
                _panel.IsOver = true;
                using ManualResetEvent stopped = new(false);
                timer.Dispose(stopped);
                stopped.WaitOne();
                Draw(context.Refresh);
            }
        });
    }

    /// <summary>Writes a line, above the panel where there is one; in a file it is as long as it is.</summary>
    public void Write(string line)
    {
        if (IsLive)
        {
            Draw(() => console.Write(new LineAbove(line)));
        }
        else
        {
            console.Profile.Out.Writer.WriteLine(line);
        }
    }

    public void Started(TrainingStart start) => _panel.Begin(start);

    public void Progress(RoadProgress progress)
    {
        _panel.Add(progress);
        int tenth = (int)((long)Tenths * progress.Iteration / progress.Iterations);
        if (IsLive || !writesIterations || (tenth == _tenth && _silence.Elapsed < LongestSilence))
        {
            return;
        }

        _tenth = tenth;
        _silence.Restart();
        IEnumerable<string> losses = progress.Losses.All.Select(
            static loss => string.Create(CultureInfo.InvariantCulture, $"{loss.Name} {loss.Value:0.000}"));
        Write(string.Create(
            CultureInfo.InvariantCulture,
            $"  {100L * progress.Iteration / progress.Iterations,3} %  {string.Join("  ", losses)}  "
            + $"{progress.ImagesPerSecond:0.0} images/s  {TrainingPanel.Time(progress.Remaining)} left"));
    }

    public void Evaluated(TrainingSnapshot snapshot)
    {
        double value = Metric!.Measure(snapshot);
        bool isBest = _panel.Add(snapshot.Iteration, value, Metric);
        if (!IsLive)
        {
            string best = isBest ? ", the best so far" : string.Empty;
            Write(string.Create(
                CultureInfo.InvariantCulture, $"After iteration {snapshot.Iteration}: {Metric.Name} {value:0.000}{best}"));
        }
    }

    private void Draw(Action draw)
    {
        lock (_lock)
        {
            draw();
        }
    }
}

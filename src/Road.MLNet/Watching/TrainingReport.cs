using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using Road.Files;
using Road.MLNet.Watching;
using Road.Torch;
using Road.Torch.Training;

namespace Road.MLNet;

/// <summary>
/// Writes a training's report: one HTML file with everything inside, that is whole at every moment and rewritten at each evaluation, and
/// every half minute besides, so that it can be watched. It has the options, those that are not the defaults first; versions, device and
/// threads; the curves of every loss, of rate, speed and memory; with an <see cref="Evaluation"/> its scores by class, confusions and
/// calibration, and what the network saw in the same images on the way; the log's warnings; and how the training ended. Follows any
/// training.
/// </summary>
/// <remarks>
/// A training that goes on from a checkpoint goes on with its report: numbers are kept in the checkpoint, pictures in the page, which is
/// to stay where it is.
/// </remarks>
public sealed class TrainingReport : ITrainingObserver
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);
    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private readonly MLContext? _context;
    private readonly ReportPictures _pictures = new();
    private readonly List<string> _early = [];
    private readonly Lock _lock = new();
    private readonly Stopwatch _sinceWritten = new();
    private ReportHistory _history = new();
    private bool _isRestored;
    private int _lastEvaluation = -1;
    private TrainingStart? _start;
    private RoadProgress? _progress;

    /// <summary>Creates the observer.</summary>
    /// <param name="path">The HTML file; its folder is made.</param>
    /// <param name="context">The context that trains, whose log's warnings the report shows; null for none.</param>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public TrainingReport(string path, MLContext? context = null)
    {
        Path = System.IO.Path.GetFullPath(OptionGuard.NotEmpty(path));
        _context = context;
        if (context is not null)
        {
            context.Log += Hear;
        }
    }

    /// <summary>The HTML file.</summary>
    public string Path { get; }

    /// <summary>What the page is headed by; <c>Training</c> by default.</summary>
    /// <exception cref="ArgumentException">The title is empty.</exception>
    public string Title
    {
        get;
        init => field = OptionGuard.NotEmpty(value);
    } = "Training";

    /// <summary>What is measured and shown at every evaluation; null, the default, for nothing.</summary>
    public SnapshotEvaluation? Evaluation { get; init; }

    /// <inheritdoc/>
    public bool WantsSnapshots => Evaluation is not null;

    /// <inheritdoc/>
    public string? SaveState()
    {
        lock (_lock)
        {
            return JsonSerializer.Serialize(_history, Json);
        }
    }

    /// <inheritdoc/>
    public void RestoreState(string state)
    {
        try
        {
            _history = JsonSerializer.Deserialize<ReportHistory>(state, Json) ?? throw new JsonException();
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"The state of '{nameof(TrainingReport)}' is not that of a report.", error);
        }

        _isRestored = true;
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The file cannot be written, or the one of before cannot be read.</exception>
    public void Started(TrainingStart start)
    {
        ArgumentNullException.ThrowIfNull(start);
        _start = start;
        _progress = null;
        _pictures.Clear();
        lock (_lock)
        {
            if (_isRestored)
            {
                _history.Resumptions++;
                if (File.Exists(Path))
                {
                    _pictures.Read(File.ReadAllText(Path), _history.Id, start.Iteration);
                }
            }
            else
            {
                _history = new ReportHistory();
            }

            _early.ForEach(_history.Warn);
            _early.Clear();
        }

        _lastEvaluation = _history.Scores is [.., var last] ? last.Iteration : -1;
        _isRestored = false;
        Write(null);
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Progress(RoadProgress progress)
    {
        ArgumentNullException.ThrowIfNull(progress);
        _progress = progress;
        _history.Add(ReportPoint.Of(progress));
        if (_sinceWritten.Elapsed > Interval)
        {
            Write(null);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Evaluated(TrainingSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);

        // One that was due right at a checkpoint comes again where the training goes on from there.
        if (Evaluation is null || snapshot.Iteration == _lastEvaluation)
        {
            return;
        }

        SnapshotResult result = Evaluation.Look(snapshot);
        _lastEvaluation = snapshot.Iteration;
        _history.ClassNames = [.. result.ClassNames];
        _history.ClassColors = [.. result.ClassColors.Select(static color => $"rgb({color.Red},{color.Green},{color.Blue})")];
        if (result.Metrics is { } metrics)
        {
            _history.Add(ReportScore.Of(snapshot.Iteration, metrics));
            _history.Details = ReportDetails.Of(metrics);
        }

        if (result.Pictures.Count > 0)
        {
            _pictures.Add(snapshot.Iteration, result.Pictures);
        }

        Write(null);
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Ended(TrainingEnd end)
    {
        ArgumentNullException.ThrowIfNull(end);
        if (_context is not null)
        {
            _context.Log -= Hear;
        }

        Write(end);
    }

    private void Hear(object? sender, LoggingEventArgs message)
    {
        if (message.Kind == ChannelMessageKind.Warning && message.Source.StartsWith("Road", StringComparison.Ordinal))
        {
            lock (_lock)
            {
                if (_start is null)
                {
                    // Before the training stands, and it is known whether it goes on.
                    _early.Add(message.RawMessage);
                }
                else
                {
                    _history.Warn(message.RawMessage);
                }
            }
        }
    }

    private void Write(TrainingEnd? end)
    {
        string page;
        lock (_lock)
        {
            page = ReportPage.Create(new ReportContent(Title, _start!, _progress, end, _history, _pictures));
        }

        AtomicFile.Write(Path, stream => stream.Write(Encoding.UTF8.GetBytes(page)), makesFolder: true);
        _sinceWritten.Restart();
    }
}

using System.Diagnostics;
using System.Globalization;
using Road.Torch.Training;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Road.Examples.Display;

/// <summary>What is known of a training, drawn as wide as the window is, up to a limit.</summary>
/// <param name="title">What is trained.</param>
internal sealed class TrainingPanel(string title) : Renderable
{
    private const int Widest = 100;
    private const int Narrow = 72;
    private const int Frame = 4;
    private const int LongestHistory = 512;

    private readonly Lock _lock = new();
    private readonly OrderedDictionary<string, List<double>> _losses = [];
    private readonly List<double> _scores = [];
    private readonly Stopwatch _sinceProgress = new();
    private RoadProgress? _progress;
    private string _device = "";
    private string? _metric;
    private (int Iteration, double Value) _score;
    private (int Iteration, double Value) _best;

    /// <summary>Whether nothing more will come.</summary>
    public bool IsOver { get; set; }

    /// <summary>A duration, short.</summary>
    public static string Time(TimeSpan time) => time.TotalDays >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalDays} d {time:hh\\:mm}")
        : time.ToString("hh\\:mm\\:ss", CultureInfo.InvariantCulture);

    public void Begin(TrainingStart start)
    {
        lock (_lock)
        {
            _device = start.Device;
        }
    }

    public void Add(RoadProgress progress)
    {
        lock (_lock)
        {
            _progress = progress;
            _sinceProgress.Restart();
            foreach (NamedLoss loss in progress.Losses.All)
            {
                if (!_losses.TryGetValue(loss.Name, out List<double>? values))
                {
                    _losses[loss.Name] = values = [];
                }

                Append(values, loss.Value);
            }
        }
    }

    /// <summary>Returns whether it is the best so far.</summary>
    public bool Add(int iteration, double value, SnapshotMetric metric)
    {
        lock (_lock)
        {
            _score = (iteration, value);
            bool isBest = _metric is null || metric.IsBetter(value, _best.Value);
            _best = isBest ? _score : _best;
            _metric = metric.Name;
            Append(_scores, value);
            return isBest;
        }
    }

    protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        lock (_lock)
        {
            int width = Math.Min(maxWidth, Widest);
            Panel panel = new(new Rows(Lines(width - Frame, options.Unicode)))
            {
                Header = new PanelHeader($" {Markup.Escape(title)} "),
                Border = BoxBorder.Rounded,
                Width = width,
            };
            return ((IRenderable)panel).Render(options, width);
        }
    }

    private IEnumerable<IRenderable> Lines(int width, bool unicode)
    {
        if (_progress is not { } progress)
        {
            yield return new Markup(IsOver ? "[grey]ended before its first step[/]" : "[grey]getting ready...[/]");
            yield break;
        }

        double share = (double)progress.Iteration / progress.Iterations;
        int barWidth = Math.Max(1, width - 6);
        int done = (int)(share * barWidth);
        string mark = unicode ? "━" : "-";
        yield return new Markup(string.Create(
            CultureInfo.InvariantCulture,
            $"[blue]{Repeat(mark, done)}[/][grey]{Repeat(mark, barWidth - done)}[/] {100 * share,3:0} %"));
        TimeSpan since = IsOver ? TimeSpan.Zero : _sinceProgress.Elapsed;
        TimeSpan left = progress.Remaining > since ? progress.Remaining - since : TimeSpan.Zero;
        yield return Facts(
            width,
            ("iteration", string.Create(CultureInfo.InvariantCulture, $"{progress.Iteration} of {progress.Iterations}")),
            ("left", Time(left)),
            ("taken", Time(progress.Elapsed + since)),
            ("rate", string.Create(CultureInfo.InvariantCulture, $"{progress.LearningRate:0.0E+0}")),
            ("images/s", string.Create(CultureInfo.InvariantCulture, $"{progress.ImagesPerSecond:0.0}")), ("device", _device),
            ("memory", string.Create(CultureInfo.InvariantCulture, $"{progress.ResidentBytes / 1e9:0.00} GB")));
        Grid grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn(new GridColumn().RightAligned().NoWrap())
            .AddColumn(new GridColumn().NoWrap());
        int line = Math.Clamp(width - 40, 12, 48);
        foreach ((string name, List<double> values) in _losses)
        {
            grid.AddRow(
                new Markup(Markup.Escape(name)), new Markup(string.Create(CultureInfo.InvariantCulture, $"[bold]{values[^1]:0.000}[/]")),
                new Markup($"[yellow]{Sparkline.Draw(values, line, unicode)}[/]"));
        }

        yield return grid;
        if (_metric is not null)
        {
            yield return new Markup(string.Create(
                CultureInfo.InvariantCulture,
                $"{Markup.Escape(_metric)} [bold]{_score.Value:0.000}[/] at {_score.Iteration}, "
                + $"best [bold green]{_best.Value:0.000}[/] at {_best.Iteration}  "
                + $"[green]{Sparkline.Draw(_scores, Math.Min(line, 24), unicode)}[/]"));
        }
    }

    /// <summary>Facts side by side where there is room, in two columns where there is little.</summary>
    private static Grid Facts(int width, params (string Name, string Value)[] facts)
    {
        int columns = width + Frame < Narrow ? 2 : 4;
        Grid grid = new();
        for (int i = 0; i < columns; i++)
        {
            grid.AddColumn(new GridColumn().NoWrap().PadRight(3));
        }

        foreach ((string Name, string Value)[] row in facts.Chunk(columns))
        {
            grid.AddRow([.. row.Select(static fact => new Markup($"[grey]{fact.Name}[/] {Markup.Escape(fact.Value)}"))]);
        }

        return grid;
    }

    /// <summary>Keeps a history short: every second value of a long one goes.</summary>
    private static void Append(List<double> values, double value)
    {
        values.Add(value);
        if (values.Count > LongestHistory)
        {
            double[] kept = [.. values.Where((_, place) => place % 2 == 1 || place == values.Count - 1)];
            values.Clear();
            values.AddRange(kept);
        }
    }

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));
}

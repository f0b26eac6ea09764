using System.Diagnostics;
using Spectre.Console;

namespace Streets;

/// <summary>Shows how far a command has come: a bar on a terminal, else a line every ten seconds.</summary>
internal sealed class ImageProgress
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10);

    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly string _title;
    private readonly string _unit;
    private readonly int? _total;
    private readonly ProgressTask? _bar;
    private readonly int _known;
    private int _done;
    private TimeSpan _lastLine;

    private ImageProgress(string title, string unit, int? total, int known, ProgressTask? bar)
    {
        (_title, _unit, _total, _known, _bar) = (title, unit, total, known, bar);
    }

    /// <summary>Does work while its progress is shown.</summary>
    /// <param name="title">What is being done.</param>
    /// <param name="unit">What is counted, in the plural.</param>
    /// <param name="total">How many there are; null where that is not known.</param>
    /// <param name="work">The work, which calls <see cref="Advance"/>.</param>
    /// <param name="known">How many of them were done before, which count for the bar and not for the rate.</param>
    public static T Run<T>(string title, string unit, int? total, Func<ImageProgress, T> work, int known = 0)
    {
        if (Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Interactive)
        {
            return work(new ImageProgress(title, unit, total, known, null));
        }

        return AnsiConsole.Progress()
            .AutoClear(true)
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(),
                new RemainingTimeColumn())
            .Start(context =>
            {
                ProgressTask bar = context.AddTask(Markup.Escape(title), maxValue: total ?? 1);
                bar.IsIndeterminate = total is null;
                bar.Value = known;
                return work(new ImageProgress(title, unit, total, known, bar));
            });
    }

    /// <summary>Says that one more is done.</summary>
    public void Advance()
    {
        _done++;
        Pace pace = new(_done, _total - _known, _watch.Elapsed);
        if (_bar is not null)
        {
            _bar.Description = $"{Markup.Escape(_title)} [grey]{Markup.Escape(pace.Describe())}[/]";
            _bar.Value = _total is null ? 0 : _known + _done;
        }
        else if (_watch.Elapsed - _lastLine >= LineInterval)
        {
            _lastLine = _watch.Elapsed;
            Console.WriteLine($"{_title}: {_unit} {pace.Describe()}{pace.DescribeRest()}");
        }
    }

    /// <summary>Writes a line to standard error, on a terminal above the bar.</summary>
    public void Note(string message)
    {
        if (_bar is not null && !Console.IsErrorRedirected)
        {
            AnsiConsole.WriteLine(message);
        }
        else
        {
            Console.Error.WriteLine(message);
        }
    }
}

using System.Globalization;
using Experiments.Definition;
using Experiments.Results;
using Spectre.Console;

namespace Experiments.Running;

/// <summary>Runs on the console: a bar where there is a person, a line for each measurement where there is a file.</summary>
internal sealed class ConsoleDisplay(IAnsiConsole console) : IRunDisplay
{
    public void Skip(RunPlan plan, int number, int count) =>
        console.WriteLine(Format($"[{number}/{count}] {plan.Name}, seed {plan.Seed}: done already"));

    public void Run(RunPlan plan, int number, int count, Func<Action<int, int, double?>, RunResult> train)
    {
        string title = Format($"[{number}/{count}] {plan.Name}, seed {plan.Seed}");
        RunResult result = console.Profile.Capabilities.Interactive ? RunWithBar(title, train) : RunWithLines(title, train);
        console.WriteLine(
            Format(
                $"{title}: mIoU {100 * result.LastMeanIoU:0.0} (best {100 * result.BestMeanIoU:0.0} at {result.BestIteration}), ",
                $"{result.Seconds:0} s"));
    }

    private RunResult RunWithBar(string title, Func<Action<int, int, double?>, RunResult> train) => console.Progress()
        .AutoClear(true)
        .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
        .Start(context =>
        {
            ProgressTask task = context.AddTask(Markup.Escape(title));
            return train((step, steps, score) =>
            {
                task.MaxValue(steps);
                task.Value(step);
                task.Description(Markup.Escape(score is { } value ? Format($"{title}: mIoU {100 * value:0.0}") : title));
            });
        });

    private RunResult RunWithLines(string title, Func<Action<int, int, double?>, RunResult> train)
    {
        double? shown = null;
        return train((step, steps, score) =>
        {
            if (score != shown)
            {
                shown = score;
                console.WriteLine(Format($"{title}: iteration {step} of {steps}, mIoU {100 * score:0.0}"));
            }
        });
    }

    private static string Format(params FormattableString[] text) =>
        string.Concat(text.Select(static part => part.ToString(CultureInfo.InvariantCulture)));
}

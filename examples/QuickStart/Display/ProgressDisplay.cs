using System.Globalization;
using Spectre.Console;

namespace QuickStart.Display;

/// <summary>A progress bar on a terminal; a line every tenth of the work where the output goes to a file.</summary>
internal static class ProgressDisplay
{
    /// <summary>Runs work that tells its progress.</summary>
    /// <param name="title">What is being done.</param>
    /// <param name="total">How many steps the work has.</param>
    /// <param name="work">The work; it is given what to call with the steps done and a remark.</param>
    public static T Run<T>(string title, int total, Func<Action<int, string>, T> work)
    {
        if (Console.IsOutputRedirected)
        {
            return RunPlain(title, total, work);
        }

        return AnsiConsole.Progress()
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(),
                new RemainingTimeColumn())
            .Start(context =>
            {
                ProgressTask task = context.AddTask(Markup.Escape(title), maxValue: total);
                return work((done, remark) =>
                {
                    task.Description = $"{Markup.Escape(title)} [grey]{Markup.Escape(remark)}[/]";
                    task.Value = done;
                });
            });
    }

    private static T RunPlain<T>(string title, int total, Func<Action<int, string>, T> work)
    {
        Console.WriteLine(title);
        int tenths = 0;
        return work((done, remark) =>
        {
            int reached = (int)(10L * done / total);
            if (reached > tenths)
            {
                tenths = reached;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {10 * tenths,3} %  {remark}").TrimEnd());
            }
        });
    }
}

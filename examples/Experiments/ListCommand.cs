using System.Globalization;
using Experiments.Definition;
using Experiments.Results;
using Spectre.Console;

namespace Experiments;

/// <summary><c>list</c>: the experiments, or the rows of some, with how many of their runs are done.</summary>
internal static class ListCommand
{
    /// <param name="files">The experiments whose rows are shown; none for an overview.</param>
    /// <param name="output">The folder of results; null for those that were made here, and with the program's own.</param>
    /// <param name="console">Where they are shown.</param>
    public static void Run(IReadOnlyList<string> files, string? output, IAnsiConsole console)
    {
        bool showsRows = files.Count > 0;
        Table table = new Table().Border(TableBorder.Simple).AddColumns(
            showsRows ? ["experiment", "row", "done"] : ["experiment", "data", "network", "done"]);
        table.Columns[0].NoWrap();
        foreach (string file in showsRows ? files.Select(ExperimentFiles.Find) : ExperimentFiles.All)
        {
            Experiment experiment = ExperimentReader.Read(file);
            RunStore store = new(ResultFolders.Find(output, experiment.Name));
            ILookup<string, bool> rows = experiment.Runs.ToLookup(
                static plan => plan.Name, plan => store.Find(plan, experiment) is not null);
            if (!showsRows)
            {
                table.AddRow(
                    [
                        .. new[] { experiment.Name, experiment.Data.Title, experiment.Network.Title, Count(
                            rows.SelectMany(static row => row)) }.Select(Markup.Escape)]);
                continue;
            }

            foreach (IGrouping<string, bool> row in rows)
            {
                table.AddRow([.. new[] { experiment.Name, row.Key, Count(row) }.Select(Markup.Escape)]);
            }
        }

        console.Write(table);
    }

    private static string Count(IEnumerable<bool> done) =>
        string.Create(CultureInfo.InvariantCulture, $"{done.Count(static isDone => isDone)} of {done.Count()}");
}

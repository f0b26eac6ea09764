using Experiments.Definition;
using Experiments.Results;

namespace Experiments.Reports;

/// <summary><c>report</c>: writes the Markdown, its charts and the page beside the results.</summary>
internal static class ReportCommand
{
    /// <param name="folder">The results of an experiment.</param>
    /// <param name="experimentFile">The experiment's file, which tells what is missing; null where it is not known.</param>
    /// <param name="dataRoot">The folder that the data's paths start from; null leaves the pictures out.</param>
    /// <param name="cancellation">Ends the report between two files.</param>
    /// <returns>The files written.</returns>
    public static IReadOnlyList<string> Run(string folder, string? experimentFile, string? dataRoot, CancellationToken cancellation)
    {
        RunStore store = new(folder);
        string figures = Path.Combine(folder, "figures");
        string markdown = Path.Combine(folder, "report.md");
        string page = Path.Combine(folder, "report.html");
        string wrongMarkdown = Path.Combine(folder, "what-goes-wrong.md");
        string wrongPage = Path.Combine(folder, "what-goes-wrong.html");
        FilePlan plan = new();
        store.AddResultsTo(plan);
        if (experimentFile is not null)
        {
            plan.Read(experimentFile, "the experiment");
        }

        plan.Own(figures, "the report's figures");
        plan.Write(markdown, "the report");
        plan.Write(page, "the report's page");
        plan.Write(wrongMarkdown, "the page of what goes wrong");
        plan.Write(wrongPage, "the page of what goes wrong");
        IReadOnlyList<RunResult> runs = store.ReadAll();
        if (runs.Count == 0)
        {
            throw new ExperimentException($"There is no finished run in '{Path.Combine(folder, "runs")}'.");
        }

        if (runs.FirstOrDefault(
            run => run.Experiment != runs[0].Experiment || !run.ClassIoU.Keys.SequenceEqual(runs[0].ClassIoU.Keys)) is { } stranger)
        {
            throw new ExperimentException(
                $"'{folder}' holds runs of experiments with other names or classes: '{runs[0].Experiment}' and '{stranger.Experiment}'. "
                + "A report is of one.");
        }

        ReportData data = new(runs)
        { Findings = store.ReadFindings(), Layout = store.ReadLayout(), Missing = FindMissing(runs, experimentFile) };
        List<string> written = [];
        foreach (Figure figure in (Figure[])[
            .. Figures.Partition(data), .. Figures.Sweeps(data), .. Figures.Curves(data), .. Figures.Images(data),
            .. Figures.Reliability(data), .. Figures.Confusions(data)])
        {
            Write(Path.Combine(figures, figure.File + ".svg"), ChartStyle.Standalone(figure.Svg));
        }

        Write(markdown, MarkdownReport.Create(data));
        Write(page, HtmlReport.Create(data, Find(dataRoot, root => PictureGrid.Create(data, store, root))));
        if (WrongData.Find(data) is { } wrong)
        {
            WrongPictures? pictures = Find(dataRoot, root => WrongPictures.Create(wrong, store, root));
            foreach (string old in pictures is null || !Directory.Exists(figures) ? [] : Directory.GetFiles(figures, "worst-*.png"))
            {
                File.Delete(old);
            }

            foreach (WorstFrame frame in wrong.Frames)
            {
                if (pictures?.Files.GetValueOrDefault(frame.Image.Name) is { } picture)
                {
                    string file = Path.Combine(figures, frame.File + ".png");
                    OutputFile.Write(file, stream => stream.Write(picture));
                    written.Add(file);
                }
            }

            Write(wrongMarkdown, WrongReport.Markdown(data, wrong, pictures));
            Write(wrongPage, WrongReport.Html(data, wrong, pictures));
        }

        return written;

        void Write(string path, string content)
        {
            cancellation.ThrowIfCancellationRequested();
            OutputFile.Write(path, content);
            written.Add(path);
        }
    }

    private static (string Name, IReadOnlyList<int> Seeds)[] FindMissing(IReadOnlyList<RunResult> runs, string? experimentFile)
    {
        string? file = experimentFile
            ?? ExperimentFiles.All.FirstOrDefault(known => Path.GetFileNameWithoutExtension(known) == runs[0].Experiment);
        if (file is null)
        {
            return [];
        }

        HashSet<(string, int)> done = [.. runs.Select(static run => (run.Name, run.Seed))];
        return
        [
            .. from plan in ExperimentReader.Read(file).Runs
               where !done.Contains((plan.Name, plan.Seed))
               group plan.Seed by plan.Name into row
               select (row.Key, (IReadOnlyList<int>)[.. row.Order()]),
        ];
    }

    private static T? Find<T>(string? dataRoot, Func<string, T?> create)
        where T : class
    {
        try
        {
            return dataRoot is null ? null : create(dataRoot);
        }
        catch (Exception error) when (error is DirectoryNotFoundException or FileNotFoundException)
        {
            // The data may lie elsewhere, or nowhere: numbers and charts do not need it.
            Console.WriteLine($"The page has no pictures of the data: {error.Message}");
            return null;
        }
    }
}

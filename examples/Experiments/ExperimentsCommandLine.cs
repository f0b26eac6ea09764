using System.CommandLine;
using Experiments.Definition;
using Experiments.Reports;
using Experiments.Results;
using Experiments.Running;
using Road.Files;
using Spectre.Console;

namespace Experiments;

/// <summary>The commands <c>run</c>, <c>list</c>, <c>layout</c> and <c>report</c>.</summary>
internal static class ExperimentsCommandLine
{
    private const int Success = 0;
    private const int Failure = 1;
    private const int BadUsage = 2;
    private const string DataVariable = "ROAD_DATA";

    public static int Run(string[] arguments)
    {
        RootCommand root = new("Runs the experiments of the paper and reports on them.") { Run(), List(), Layout(), Report() };
        root.Directives.Add(new DiagramDirective());
        ParseResult parsed = root.Parse(arguments);

        // Usage errors have an exit code of their own, but for help and version, which no error can spoil.
        return parsed.Errors.Count > 0 ? Math.Max(parsed.Invoke(), BadUsage) : parsed.Invoke();
    }

    private static Command Run()
    {
        Argument<string> file = new("FILE") { Description = "An experiment file, or the name of one that comes with the program." };
        Option<string?> only = new("--only")
        { Description = "Run this row alone: a variant, or a name that list shows.", HelpName = "VARIANT" };
        Option<int?> seed = NumberOption.CreateAbsent<int>("--seed", "Run this seed alone.");
        Option<string?> device = new("--device") { Description = "cpu or cuda:N, instead of the schedule's.", HelpName = "DEVICE" };
        Option<bool> trial = new("--dry-run")
        { Description = "Two steps of small crops from random weights for each row, to see that all fits together." };
        Option<DirectoryInfo> output = Output();
        Option<DirectoryInfo?> data = Data();
        Command command = new("run", "Runs an experiment, or what is left of it.") { file, only, seed, device, trial, output, data };
        command.SetAction(result => Guard(cancellation =>
        {
            Experiment experiment = ExperimentReader.Read(ExperimentFiles.Find(result.GetRequiredValue(file)));
            bool isTrial = result.GetValue(trial);
            RunPlan[] plans = Choose(experiment, result.GetValue(only), isTrial ? experiment.Runs[0].Seed : result.GetValue(seed));
            RunScope scope = new(
                experiment, FindData(result.GetValue(data)), CheckDevice(result.GetValue(device) ?? experiment.Device, isTrial), isTrial);
            string folder = Path.Combine(result.GetRequiredValue(output).FullName, experiment.Name + (isTrial ? Trial.FolderSuffix : ""));
            RunStore store = new(folder);
            RunFiles.Check(experiment, scope.DataRoot, store);
            if (isTrial)
            {
                store.Clear();
            }

            RunMatrix.Run(scope, plans, store, new ConsoleDisplay(AnsiConsole.Console), cancellation);
        }));
        return command;
    }

    private static Command List()
    {
        Argument<string[]> files = new("FILE")
        {
            Description = "Experiment files or names, whose rows are shown; none for an overview of those that come with the program.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        Option<DirectoryInfo> output = Output();
        Command command = new("list", "Shows the experiments and how many of their runs are done.") { files, output };
        command.SetAction(result => Guard(_ => ListCommand.Run(
            result.GetValue(files) ?? [], GivenOutput(result, output), AnsiConsole.Console)));
        return command;
    }

    private static Command Layout()
    {
        Argument<string> file = new("FILE") { Description = "An experiment file, or the name of one that comes with the program." };
        Option<DirectoryInfo> output = Output();
        Option<DirectoryInfo?> data = Data();
        Command command = new(
            "layout",
            "Counts from the labels which classes lie where in both domains, and keeps it for the report.") { file, output, data };
        command.SetAction(result => Guard(cancellation =>
        {
            Experiment experiment = ExperimentReader.Read(ExperimentFiles.Find(result.GetRequiredValue(file)));
            RunStore store = new(Path.Combine(result.GetRequiredValue(output).FullName, experiment.Name));
            string root = FindData(result.GetValue(data));
            RunFiles.Check(experiment, root, store);
            DomainLayout layout = LayoutCount.Read(experiment, root, cancellation);
            for (int region = 0; region < layout.Source.Count; region++)
            {
                Console.WriteLine(HtmlText.Format($"{layout.RegionName(region)}: {100 * layout.Apart(region):0} % apart"));
            }

            Console.WriteLine($"Wrote {store.WriteLayout(layout)}");
        }));
        return command;
    }

    private static Command Report()
    {
        Argument<string> source = new("FILE|DIR") { Description = "An experiment file or name, or the folder of its results." };
        Option<DirectoryInfo> output = Output();
        Option<DirectoryInfo?> data = Data();
        Command command = new("report", "Writes report.md, its charts and report.html beside the results.") { source, output, data };
        command.SetAction(result => Guard(cancellation =>
        {
            string given = result.GetRequiredValue(source);
            string? file = Directory.Exists(Path.Combine(given, "runs")) ? null : ExperimentFiles.Find(given);
            string folder = file is null
                ? Path.GetFullPath(given)
                : ResultFolders.Find(GivenOutput(result, output), Path.GetFileNameWithoutExtension(file));
            string? root = result.GetValue(data)?.FullName ?? Environment.GetEnvironmentVariable(DataVariable);
            foreach (string written in ReportCommand.Run(folder, file, string.IsNullOrEmpty(root) ? null : root, cancellation))
            {
                Console.WriteLine($"Wrote {written}");
            }
        }));
        return command;
    }

    private static Option<DirectoryInfo> Output() => new("--output")
    {
        Description = "The folder of results, with a folder for each experiment. Where it is not given, list and report know the results "
            + "that come with the program too.",
        HelpName = "DIR",
        DefaultValueFactory = static _ => new DirectoryInfo(ResultFolders.Default),
    };

    /// <summary>The folder of results that was asked for; null for none.</summary>
    private static string? GivenOutput(ParseResult result, Option<DirectoryInfo> output) =>
        result.GetResult(output) is { Implicit: false } ? result.GetRequiredValue(output).FullName : null;

    private static Option<DirectoryInfo?> Data() => new("--data")
    {
        Description = $"The folder that the data's paths start from; {DataVariable} by default.",
        HelpName = "DIR",
    };

    private static RunPlan[] Choose(Experiment experiment, string? only, int? seed)
    {
        RunPlan[] rows = only is null ? [.. experiment.Runs] : [.. experiment.Runs.Where(plan => plan.Name == only)];
        if (rows.Length == 0)
        {
            string[] names = [.. experiment.Runs.Select(static plan => plan.Name).Distinct()];
            throw new ExperimentException(
                $"--only is '{only}'; it must be one of {string.Join(", ", names)}{NearestName.Ask(only!, names)}");
        }

        RunPlan[] plans = [.. rows.Where(plan => seed is null || plan.Seed == seed)];
        return plans.Length > 0
            ? plans
            : throw new ExperimentException(
                $"--seed is {seed}; it must be one of {string.Join(", ", rows.Select(static plan => plan.Seed).Distinct())}.");
    }

    private static string CheckDevice(string device, bool isTrial) =>
        isTrial ? DeviceText.Cpu
        : DeviceText.TryRead(device, out _) ? device
        : throw new ExperimentException($"--device is '{device}'; it must be cpu, or cuda: and the number of a GPU.");

    private static string FindData(DirectoryInfo? given)
    {
        string? root = given?.FullName ?? Environment.GetEnvironmentVariable(DataVariable);
        return string.IsNullOrEmpty(root)
            ? throw new ExperimentException($"Where is the data? Give its folder with --data, or in the variable {DataVariable}.")
            : Directory.Exists(root) ? Path.GetFullPath(root) : throw new ExperimentException($"There is no data folder '{root}'.");
    }

    private static int Guard(Action<CancellationToken> action)
    {
        using Interruption interruption = new();
        try
        {
            action(interruption.Token);
            return Success;
        }
        catch (Exception error) when (error is ExperimentException or FileClashException)
        {
            return Fail(BadUsage, error.Message);
        }
        catch (OperationCanceledException error) when (interruption.ExitCode is { } exitCode)
        {
            Console.Error.WriteLine(error is InterruptedException ? error.Message : "Cancelled; the same command starts again");
            return exitCode;
        }
        catch (Exception error)
        {
            // libtorch's messages go on with a native stack.
            return Fail(Failure, error.Message.Split("Exception raised from", 2)[0]);
        }
    }

    private static int Fail(int exitCode, string message)
    {
        Console.Error.WriteLine(
            "error: " + string.Join(
                ' ', message.Split((char[])['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)));
        return exitCode;
    }
}

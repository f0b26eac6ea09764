using System.CommandLine;

namespace Streets;

/// <summary>The program's commands, each with its options in a file of its own.</summary>
internal static class StreetsCommandLine
{
    public static int Run(string[] args)
    {
        RootCommand root = new(
            "Trains a street segmentation model on labelled synthetic and unlabelled real images, scores it and applies it.")
        {
            TrainCommandLine.Create(),
            EvaluateCommandLine.Create(),
            PredictCommandLine.Create(),
            ExportCommandLine.Create(),
        };
        root.Directives.Add(new DiagramDirective());
        ParseResult result = root.Parse(args);
        if (result.Errors.Count > 0)
        {
            return Outcome.Report(Outcome.BadUsage, string.Join(" ", result.Errors.Select(static error => error.Message)));
        }

        return result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    }
}

using System.CommandLine;
using System.CommandLine.Parsing;
using Road.Files;

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
            ConvertCommandLine.Create(),
            ExportCommandLine.Create(),
        };
        root.Directives.Add(new DiagramDirective());
        if (args.Length == 0)
        {
            root.Parse("--help").Invoke();
            return Outcome.BadUsage;
        }

        ParseResult result = root.Parse(args);
        if (result.Errors.Count > 0)
        {
            return Outcome.Report(Outcome.BadUsage, string.Join(" ", Errors(result)));
        }

        return result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    }

    /// <summary>What is wrong with the words given: those that nothing knows, with what may be meant, before what is missing.</summary>
    private static IEnumerable<string> Errors(ParseResult result)
    {
        Command command = result.CommandResult.Command;
        bool lacksCommand = command.Subcommands.Count > 0;
        string[] unknown = [.. result.UnmatchedTokens.Where(token => lacksCommand || token.StartsWith('-'))
            .Take(lacksCommand ? 1 : int.MaxValue)];
        if (unknown.Length > 0)
        {
            string[] names = [.. lacksCommand
                ? command.Subcommands.Select(static known => known.Name)
                : command.Options.Select(static known => known.Name)];
            foreach (string word in unknown)
            {
                yield return $"There is no {(lacksCommand ? "command" : "option")} '{word}'{NearestName.Ask(word, names)}"
                    + (lacksCommand ? $" There are {string.Join(", ", names)}." : string.Empty);
            }

            yield break;
        }

        foreach (ParseError error in result.Errors)
        {
            yield return error.Message;
        }
    }
}

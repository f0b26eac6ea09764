using System.CommandLine;
using System.CommandLine.Parsing;

namespace Streets;

/// <summary>The options of <c>evaluate</c>.</summary>
internal static class EvaluateCommandLine
{
    public static Command Create()
    {
        Option<FileInfo?> model = CommandOptions.Absent<FileInfo>("--model", "The model file.", "M.zip");
        Option<FileInfo?> json = CommandOptions.Absent<FileInfo>("--json", "Also write the numbers to this file.", "OUT.json");
        Option<bool> details = new("--details")
        {
            Description = "Measures more: how single images spread and which are worst, outlines (boundary IoU), and how far the model's "
                + "confidence can be believed.",
        };
        Option<FileInfo[]> collect = new("--collect")
        {
            Description = "Scores nothing: adds up the reports that the processes of all shares have written by --json.",
            HelpName = "FILE.json",
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = true,
        };
        Command command = new("evaluate", "Scores a model against labelled images.") { model };
        DataOptions data = new(command, Collects);
        command.Options.Add(json);
        command.Options.Add(details);
        ShardOptions shard = new(command, "Scores a share of the images, of which --json writes what --collect adds up.");
        command.Options.Add(collect);
        CommandOptions.RequireUnless(command, model, Collects);
        CommandOptions.Exclude(command, collect, Collects, [model, .. data.All, details, shard.Option]);
        CommandOptions.Exclude(command, shard.Option, shard.IsGiven, details);
        command.Validators.Add(result =>
        {
            if (shard.IsGiven(result) && result.GetResult(json) is null or { Implicit: true })
            {
                result.AddError($"Option '{json.Name}' is required with '{shard.Option.Name}'.");
            }
        });
        ReadingOptions reading = new(command);
        ScoreOptions scoring = new(command);
        command.SetAction(result => Outcome.Of(cancellation =>
        {
            string? jsonFile = result.GetValue(json)?.FullName;
            if (result.GetValue(collect) is { Length: > 0 } parts)
            {
                EvaluateCommand.Collect([.. parts.Select(static part => part.FullName)], jsonFile);
                return;
            }

            EvaluateRequest request = new(
                result.GetValue(model)!.FullName, jsonFile, result.GetValue(details), reading.Read(result), scoring.Read(result))
            {
                Shard = shard.Read(result),
            };
            EvaluateCommand.Run(request, data.Read(result), cancellation);
        }));
        return command;

        bool Collects(CommandResult result) => result.GetResult(collect) is { Implicit: false };
    }
}

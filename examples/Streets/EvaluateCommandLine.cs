using System.CommandLine;

namespace Streets;

/// <summary>The options of <c>evaluate</c>.</summary>
internal static class EvaluateCommandLine
{
    public static Command Create()
    {
        Option<FileInfo> model = CommandOptions.Required<FileInfo>("--model", "The model file.", "M.zip");
        Option<FileInfo> json = CommandOptions.Required<FileInfo>("--json", "The report to write.", "OUT.json");
        Command command = new("evaluate", "Scores a model against labelled images.") { model };
        DataOptions data = new(command, labelled: true);
        command.Options.Add(json);
        ReadingOptions reading = new(command);
        command.SetAction(result => Outcome.Of(cancellation => EvaluateCommand.Run(
            result.GetRequiredValue(model).FullName, data.Read(result), result.GetRequiredValue(json).FullName,
            reading.Read(result), cancellation)));
        return command;
    }
}

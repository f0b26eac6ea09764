using System.CommandLine;

namespace Streets;

/// <summary>The options of <c>evaluate</c>.</summary>
internal static class EvaluateCommandLine
{
    public static Command Create()
    {
        Option<FileInfo> model = CommandOptions.Required<FileInfo>("--model", "The model file.", "M.zip");
        Option<FileInfo> json = CommandOptions.Required<FileInfo>("--json", "The report to write.", "OUT.json");
        Option<bool> details = new("--details")
        {
            Description = "Measures more: how single images spread and which are worst, outlines (boundary IoU), and how far the model's "
                + "confidence can be believed.",
        };
        Command command = new("evaluate", "Scores a model against labelled images.") { model };
        DataOptions data = new(command, labelled: true);
        command.Options.Add(json);
        command.Options.Add(details);
        ReadingOptions reading = new(command);
        command.SetAction(result => Outcome.Of(cancellation => EvaluateCommand.Run(
            result.GetRequiredValue(model).FullName, data.Read(result), result.GetRequiredValue(json).FullName,
            result.GetValue(details), reading.Read(result), cancellation)));
        return command;
    }
}

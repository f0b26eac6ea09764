using System.CommandLine;

namespace Streets;

/// <summary>The options of <c>evaluate</c>.</summary>
internal static class EvaluateCommandLine
{
    public static Command Create()
    {
        Option<FileInfo> model = CommandOptions.Required<FileInfo>("--model", "The model file.", "M.zip");
        Option<FileInfo?> json = CommandOptions.Absent<FileInfo>("--json", "Also write the numbers to this file.", "OUT.json");
        Option<bool> details = new("--details")
        {
            Description = "Measures more: how single images spread and which are worst, outlines (boundary IoU), and how far the model's "
                + "confidence can be believed.",
        };
        Command command = new("evaluate", "Scores a model against labelled images.") { model };
        DataOptions data = new(command);
        command.Options.Add(json);
        command.Options.Add(details);
        ReadingOptions reading = new(command);
        ScoreOptions scoring = new(command);
        command.SetAction(result => Outcome.Of(cancellation => EvaluateCommand.Run(
            new EvaluateRequest(
                result.GetRequiredValue(model).FullName, result.GetValue(json)?.FullName, result.GetValue(details), reading.Read(result),
                scoring.Read(result)),
            data.Read(result), cancellation)));
        return command;
    }
}

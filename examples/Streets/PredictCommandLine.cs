using System.CommandLine;

namespace Streets;

/// <summary>The options of <c>predict</c>.</summary>
internal static class PredictCommandLine
{
    public static Command Create()
    {
        Option<FileInfo> model = CommandOptions.Required<FileInfo>("--model", "The model file.", "M.zip");
        Option<DirectoryInfo> output = CommandOptions.Required<DirectoryInfo>("--out", "Folder for NAME.png (colours) and NAME_labels.png (8-bit class ids).", "DIR");
        Command command = new("predict", "Writes the masks of images.") { model };
        DataOptions data = new(command, labelled: false);
        command.Options.Add(output);
        ReadingOptions reading = new(command);
        command.SetAction(result => Outcome.Of(cancellation => PredictCommand.Run(
            result.GetRequiredValue(model).FullName, data.Read(result), result.GetRequiredValue(output).FullName, reading.Read(result), cancellation)));
        return command;
    }
}

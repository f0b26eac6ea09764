using System.CommandLine;

namespace Streets;

/// <summary>The options of <c>predict</c>.</summary>
internal static class PredictCommandLine
{
    private const string LabelIds = "labelId";

    public static Command Create()
    {
        Option<FileInfo> model = CommandOptions.Required<FileInfo>("--model", "The model file.", "M.zip");
        Option<DirectoryInfo> output = CommandOptions.Required<DirectoryInfo>(
            "--out", "Folder for NAME.png (colours) and NAME_labels.png (8-bit class ids).", "DIR");
        Option<string> ids = CommandOptions.Optional(
            "--ids",
            "The class ids in NAME_labels.png: trainId, the class's index, or labelId, Cityscapes' label ids as its server takes them.",
            "trainId|labelId",
            "trainId");
        ids.AcceptOnlyFromAmong("trainId", LabelIds);
        Command command = new("predict", "Writes the masks of images.") { model };
        DataOptions data = new(command, labelled: false);
        command.Options.Add(output);
        command.Options.Add(ids);
        ReadingOptions reading = new(command);
        command.SetAction(result => Outcome.Of(cancellation => PredictCommand.Run(
            result.GetRequiredValue(model).FullName,
            data.Read(result),
            result.GetRequiredValue(output).FullName,
            result.GetValue(ids) == LabelIds,
            reading.Read(result),
            cancellation)));
        return command;
    }
}

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
        Option<double?> overlay = NumberOption.CreateAbsent<double>(
            "--overlay",
            "Also write NAME_overlay.png: the mask over its image, from 0, the image alone, to 1, the mask alone.",
            "OPACITY",
            CheckOpacity);
        Command command = new("predict", "Writes the masks of images.") { model };
        DataOptions data = new(command, labelled: false);
        command.Options.Add(output);
        command.Options.Add(ids);
        command.Options.Add(overlay);
        ReadingOptions reading = new(command);
        command.SetAction(result => Outcome.Of(cancellation => PredictCommand.Run(
            new PredictRequest(
                result.GetRequiredValue(model).FullName,
                result.GetRequiredValue(output).FullName,
                result.GetValue(ids) == LabelIds,
                result.GetValue(overlay),
                reading.Read(result)),
            data.Read(result),
            cancellation)));
        return command;
    }

    private static void CheckOpacity(double value)
    {
        if (value is < 0 or > 1)
        {
            throw new ArgumentOutOfRangeException(null, "it must be 0 to 1.");
        }
    }
}

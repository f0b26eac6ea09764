using System.CommandLine;
using System.CommandLine.Parsing;
using Streets.Video;

namespace Streets;

/// <summary>The options of <c>predict</c>.</summary>
internal static class PredictCommandLine
{
    private const string LabelIds = "labelId";

    public static Command Create()
    {
        Option<FileInfo?> model = CommandOptions.Absent<FileInfo>("--model", "The model file.", "M.zip");
        Option<string> output = CommandOptions.Required<string>(
            "--out", "Folder for NAME.png (colours) and NAME_labels.png (8-bit class ids); of a video, the video to write.", "DIR|FILE");
        Option<string> ids = CommandOptions.Optional(
            "--ids",
            "The class ids in NAME_labels.png: trainId, the class's index, or labelId, Cityscapes' label ids as its server takes them.",
            "trainId|labelId",
            "trainId");
        ids.AcceptOnlyFromAmong("trainId", LabelIds);
        Option<double?> overlay = NumberOption.CreateAbsent<double>(
            "--overlay",
            "Also write NAME_overlay.png: the mask over its image, from 0, the image alone, to 1, the mask alone. Of a video, how much of "
            + "the mask is seen, 0.5 if not given.",
            "OPACITY",
            CheckOpacity);
        Option<FileInfo?> sheet = CommandOptions.Absent<FileInfo>(
            "--contact-sheet",
            "Also write pages of all images beside their overlays, with names and a legend: FILE-1.png and so on where one page is too "
            + "small.",
            "FILE.png|FILE.jpg");
        Option<bool> skip = new("--skip-existing")
        {
            Description = "Leaves images alone whose masks are in --out already, and are no older, so that a run that was broken off goes "
                + "on. The masks of another model stay as they are.",
        };
        Option<bool> collect = new("--collect")
        {
            Description = "Scores nothing: says whether the masks of all images are in --out, as after the processes of all shares.",
        };
        Command command = new("predict", "Writes the masks of images, or draws them over the frames of a video.") { model };
        PredictDataOptions data = new(command);
        foreach (Option option in (Option[])[output, ids, overlay, sheet, skip])
        {
            command.Options.Add(option);
        }

        ShardOptions shard = new(
            command, "Writes the masks of a share of the images, but for those that are there already, as with --skip-existing.");
        command.Options.Add(collect);
        ReadingOptions reading = new(command);
        ScoreOptions scoring = new(command);
        CommandOptions.RequireUnless(command, model, Collects);
        CommandOptions.Exclude(command, collect, Collects, model, ids, sheet, skip, shard.Option);
        CommandOptions.Exclude(command, shard.Option, shard.IsGiven, sheet);
        command.Validators.Add(result =>
        {
            if (result.GetValue(sheet) is { } file && !ContactSheet.IsSupported(file.FullName))
            {
                result.AddError($"{sheet.Name}: '{file}' must end with .png, .jpg or .jpeg.");
            }

            foreach (Option option in ((Option[])[ids, sheet, skip, shard.Option, collect]).Where(
                option => data.IsVideo(result) && result.GetResult(option) is { Implicit: false }))
            {
                result.AddError($"Option '{option.Name}' is of images, and cannot be used with '--video'.");
            }
        });
        command.SetAction(result => Outcome.Of(cancellation =>
        {
            if (result.GetValue(collect))
            {
                PredictCommand.Collect(
                    Path.GetFullPath(result.GetRequiredValue(output)), result.GetValue(overlay) is not null, data.Read(result));
                return;
            }

            PredictRequest request = new(
                result.GetValue(model)!.FullName,
                Path.GetFullPath(result.GetRequiredValue(output)),
                reading.Read(result),
                scoring.Read(result))
            {
                AsLabelIds = result.GetValue(ids) == LabelIds,
                OverlayOpacity = result.GetValue(overlay),
                SkipsExisting = result.GetValue(skip) || shard.Read(result) is not null,
                Shard = shard.Read(result),
                ContactSheet = result.GetValue(sheet)?.FullName,
            };
            if (data.ReadVideo(result) is { } video)
            {
                VideoCommand.Run(request, video, cancellation);
            }
            else
            {
                PredictCommand.Run(request, data.Read(result), cancellation);
            }
        }));
        return command;

        bool Collects(CommandResult result) => result.GetResult(collect) is { Implicit: false };
    }

    private static void CheckOpacity(double value)
    {
        if (value is < 0 or > 1)
        {
            throw new ArgumentOutOfRangeException(null, "it must be 0 to 1.");
        }
    }
}

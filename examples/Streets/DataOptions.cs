using System.CommandLine;

namespace Streets;

/// <summary>The options of the data that a model is scored on or applied to: folders, or a published set.</summary>
internal sealed class DataOptions
{
    private const string DefaultSplit = "val";

    private readonly Option<DirectoryInfo?> images = CommandOptions.Absent<DirectoryInfo>("--images", "Folder of images; sub-folders are searched.", "DIR");
    private readonly Option<DirectoryInfo?> labels = CommandOptions.Absent<DirectoryInfo>("--labels", "Folder of their label masks, PNG: NAME.png, or NAME_labels.png and the like.", "DIR");
    private readonly Option<FileInfo?> classes = CommandOptions.Absent<FileInfo>("--classes", "JSON file of the classes and their pixel values.", "FILE");
    private readonly Option<string?> preset = CommandOptions.Preset("--preset", "A published data set, in place of folders.", PublishedSet.Names);
    private readonly Option<DirectoryInfo?> data = CommandOptions.Absent<DirectoryInfo>("--data", "The published set's root folder.", "DIR");
    private readonly Option<string?> split = CommandOptions.Absent<string>("--split", $"The split of cityscapes or camvid; {DefaultSplit} if not given.", "NAME");
    private readonly Option<string> unlabelled = CommandOptions.Unlabelled("--unlabelled");
    private readonly Option[] folders;

    public DataOptions(Command command, bool labelled)
    {
        folders = labelled ? [images, labels, classes] : [images];
        foreach (Option option in (IEnumerable<Option>)[.. folders, preset, data, split])
        {
            command.Options.Add(option);
        }

        if (labelled)
        {
            command.Options.Add(unlabelled);
            CommandOptions.ExcludeFromPreset(command, unlabelled, preset);
        }

        CommandOptions.RequireOneGroup(command, folders, [preset, data], split);
        command.Validators.Add(result =>
        {
            // Not its value, which a name that is no set's does not have.
            string? name = result.GetResult(preset)?.Tokens is [var token] ? token.Value : null;
            if (result.GetResult(split) is not null && PublishedSet.Names.Contains(name) && !PublishedSet.Get(name!).HasSplits)
            {
                result.AddError($"Option '{split.Name}' cannot be used with '{preset.Name} {name}', which has no splits.");
            }
        });
    }

    /// <summary>The data that valid options name.</summary>
    public StreetsData Read(ParseResult result)
    {
        if (result.GetValue(preset) is not { } name)
        {
            bool labelled = folders.Length > 1;
            return new FolderData(
                result.GetValue(images)!.FullName,
                labelled ? result.GetValue(labels)!.FullName : null,
                labelled ? result.GetValue(classes)!.FullName : null,
                labelled && result.GetValue(unlabelled) == CommandOptions.Skip);
        }

        PublishedSet set = PublishedSet.Get(name);
        return new PublishedData(set, result.GetValue(data)!.FullName, set.HasSplits ? result.GetValue(split) ?? DefaultSplit : string.Empty);
    }
}

using System.CommandLine;

namespace Streets;

/// <summary>The options of the data that a model is scored on or applied to: folders, or a published set.</summary>
internal sealed class DataOptions
{
    private const string DefaultSplit = "val";

    private readonly Option<DirectoryInfo?> _images = CommandOptions.Absent<DirectoryInfo>(
        "--images", "Folder of images; sub-folders are searched.", "DIR");
    private readonly Option<DirectoryInfo?> _labels = CommandOptions.Absent<DirectoryInfo>(
        "--labels", "Folder of their label masks, PNG: NAME.png, or NAME_labels.png and the like.", "DIR");
    private readonly Option<FileInfo?> _classes = CommandOptions.Absent<FileInfo>(
        "--classes", "JSON file of the classes and their pixel values.", "FILE");
    private readonly Option<string?> _preset = CommandOptions.Preset(
        "--preset", "A published data set, in place of folders.", PublishedSet.Names);
    private readonly Option<DirectoryInfo?> _data = CommandOptions.Absent<DirectoryInfo>(
        "--data", "The published set's root folder.", "DIR");
    private readonly Option<string?> _split = CommandOptions.Absent<string>(
        "--split", $"The split of cityscapes or camvid; {DefaultSplit} if not given.", "NAME");
    private readonly Option<string> _unlabelled = CommandOptions.Unlabelled("--unlabelled");
    private readonly Option[] _folders;

    public DataOptions(Command command, bool labelled)
    {
        _folders = labelled ? [_images, _labels, _classes] : [_images];
        foreach (Option option in (IEnumerable<Option>)[.. _folders, _preset, _data, _split])
        {
            command.Options.Add(option);
        }

        if (labelled)
        {
            command.Options.Add(_unlabelled);
            CommandOptions.ExcludeFromPreset(command, _unlabelled, _preset);
        }

        CommandOptions.RequireOneGroup(command, _folders, [_preset, _data], _split);
        command.Validators.Add(result =>
        {
            // Not its value, which a name that is no set's does not have.
            string? name = result.GetResult(_preset)?.Tokens is [var token] ? token.Value : null;
            if (result.GetResult(_split) is not null && PublishedSet.Names.Contains(name) && !PublishedSet.Get(name!).HasSplits)
            {
                result.AddError($"Option '{_split.Name}' cannot be used with '{_preset.Name} {name}', which has no splits.");
            }
        });
    }

    /// <summary>The data that valid options name.</summary>
    public StreetsData Read(ParseResult result)
    {
        if (result.GetValue(_preset) is not { } name)
        {
            bool labelled = _folders.Length > 1;
            return new FolderData(
                result.GetValue(_images)!.FullName,
                labelled ? result.GetValue(_labels)!.FullName : null,
                labelled ? result.GetValue(_classes)!.FullName : null,
                labelled && result.GetValue(_unlabelled) == CommandOptions.Skip);
        }

        PublishedSet set = PublishedSet.Get(name);
        return new PublishedData(
            set, result.GetValue(_data)!.FullName, set.HasSplits ? result.GetValue(_split) ?? DefaultSplit : string.Empty);
    }
}

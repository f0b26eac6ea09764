using System.CommandLine;
using System.CommandLine.Parsing;

namespace Streets;

/// <summary>The options of the labelled data that a model is scored on: folders, or a published set.</summary>
internal sealed class DataOptions
{
    private readonly Option<DirectoryInfo?> _images = CommandOptions.Absent<DirectoryInfo>(
        "--images", "Folder of images; sub-folders are searched.", "DIR");
    private readonly Option<DirectoryInfo?> _labels = CommandOptions.Absent<DirectoryInfo>(
        "--labels", "Folder of their label masks, PNG: NAME.png, or NAME_labels.png and the like.", "DIR");
    private readonly Option<FileInfo?> _classes = CommandOptions.Absent<FileInfo>(
        "--classes", "JSON file of the classes and their pixel values.", "FILE");
    private readonly Option<string> _unlabelled = CommandOptions.Unlabelled("--unlabelled");
    private readonly PublishedOptions _published;

    /// <param name="command">What gets the options.</param>
    /// <param name="needsNone">Whether a command line does without data.</param>
    public DataOptions(Command command, Func<CommandResult, bool> needsNone)
    {
        Option[] folders = [_images, _labels, _classes];
        foreach (Option option in folders)
        {
            command.Options.Add(option);
        }

        _published = new PublishedOptions(command);
        command.Options.Add(_unlabelled);
        CommandOptions.ExcludeFromPreset(command, _unlabelled, _published.Preset);
        CommandOptions.RequireOneGroup(command, needsNone, folders, [_published.Preset, _published.Root], _published.Split);
    }

    /// <summary>The options that name the data.</summary>
    public Option[] All => [_images, _labels, _classes, _published.Preset, _published.Root];

    /// <summary>The data that valid options name.</summary>
    public StreetsData Read(ParseResult result) => _published.Read(result) ?? new FolderData(
        result.GetValue(_images)!.FullName,
        result.GetValue(_labels)!.FullName,
        result.GetValue(_classes)!.FullName,
        result.GetValue(_unlabelled) == CommandOptions.Skip);
}

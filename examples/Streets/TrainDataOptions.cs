using System.CommandLine;
using System.CommandLine.Parsing;

namespace Streets;

/// <summary>The options of the two domains that a model is trained on: folders, or a published set, for each.</summary>
internal sealed class TrainDataOptions
{
    private const string Split = "train";

    private readonly Option<DirectoryInfo?> _sourceImages = CommandOptions.Absent<DirectoryInfo>(
        "--source-images", "Folder of synthetic images; sub-folders are searched.", "DIR");
    private readonly Option<DirectoryInfo?> _sourceLabels = CommandOptions.Absent<DirectoryInfo>(
        "--source-labels", "Folder of their label masks, PNG: NAME.png, or NAME_labels.png and the like.", "DIR");
    private readonly Option<FileInfo?> _sourceClasses = CommandOptions.Absent<FileInfo>(
        "--source-classes", "JSON file of the classes and their pixel values.", "FILE");
    private readonly Option<string> _unlabelled = CommandOptions.Unlabelled("--unlabelled");
    private readonly Option<string?> _sourcePreset = CommandOptions.Preset(
        "--source-preset", "A published data set as source, in place of folders.", "gta5", "synthia", "camvid");
    private readonly Option<DirectoryInfo?> _source = CommandOptions.Absent<DirectoryInfo>(
        "--source", "The source set's root folder.", "DIR");
    private readonly Option<DirectoryInfo?> _targetImages = CommandOptions.Absent<DirectoryInfo>(
        "--target-images", "Folder of real images, without labels; sub-folders are searched.", "DIR");
    private readonly Option<string?> _targetPreset = CommandOptions.Preset(
        "--target-preset", "A published data set as target, in place of a folder; labels are not read.", "cityscapes", "camvid");
    private readonly Option<DirectoryInfo?> _target = CommandOptions.Absent<DirectoryInfo>(
        "--target", "The target set's root folder.", "DIR");

    public TrainDataOptions(Command command)
    {
        foreach (Option option in (Option[])[
            _sourceImages, _sourceLabels, _sourceClasses, _unlabelled, _sourcePreset, _source, _targetImages, _targetPreset, _target])
        {
            command.Options.Add(option);
        }

        CommandOptions.ExcludeFromPreset(command, _unlabelled, _sourcePreset);
        CommandOptions.RequireOneGroup(command, [_sourceImages, _sourceLabels, _sourceClasses], [_sourcePreset, _source]);
        CommandOptions.RequireOneGroup(command, [_targetImages], [_targetPreset, _target]);
    }

    /// <summary>The labelled domain that valid options name.</summary>
    public StreetsData ReadSource(ParseResult result) => result.GetValue(_sourcePreset) is { } name
        ? new PublishedData(PublishedSet.Get(name), result.GetValue(_source)!.FullName, Split)
        : new FolderData(
            result.GetValue(_sourceImages)!.FullName,
            result.GetValue(_sourceLabels)!.FullName,
            result.GetValue(_sourceClasses)!.FullName,
            result.GetValue(_unlabelled) == CommandOptions.Skip);

    /// <summary>Whether the target is a published set.</summary>
    public bool HasTargetPreset(CommandResult result) => result.GetResult(_targetPreset) is { Implicit: false };

    /// <summary>The unlabelled domain that valid options name; of a published set a split.</summary>
    public StreetsData ReadTarget(ParseResult result, string split = Split) => result.GetValue(_targetPreset) is { } name
        ? new PublishedData(PublishedSet.Get(name), result.GetValue(_target)!.FullName, split)
        : new FolderData(result.GetValue(_targetImages)!.FullName);
}

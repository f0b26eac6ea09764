using System.CommandLine;

namespace Streets;

/// <summary>The options of the two domains that a model is trained on: folders, or a published set, for each.</summary>
internal sealed class TrainDataOptions
{
    private const string Split = "train";

    private readonly Option<DirectoryInfo?> sourceImages = CommandOptions.Absent<DirectoryInfo>("--source-images", "Folder of synthetic images; sub-folders are searched.", "DIR");
    private readonly Option<DirectoryInfo?> sourceLabels = CommandOptions.Absent<DirectoryInfo>("--source-labels", "Folder of their label masks, PNG: NAME.png, or NAME_labels.png and the like.", "DIR");
    private readonly Option<FileInfo?> sourceClasses = CommandOptions.Absent<FileInfo>("--source-classes", "JSON file of the classes and their pixel values.", "FILE");
    private readonly Option<string> unlabelled = CommandOptions.Unlabelled("--unlabelled");
    private readonly Option<string?> sourcePreset = CommandOptions.Preset("--source-preset", "A published data set as source, in place of folders.", "gta5", "synthia", "camvid");
    private readonly Option<DirectoryInfo?> source = CommandOptions.Absent<DirectoryInfo>("--source", "The source set's root folder.", "DIR");
    private readonly Option<DirectoryInfo?> targetImages = CommandOptions.Absent<DirectoryInfo>("--target-images", "Folder of real images, without labels; sub-folders are searched.", "DIR");
    private readonly Option<string?> targetPreset = CommandOptions.Preset("--target-preset", "A published data set as target, in place of a folder; labels are not read.", "cityscapes", "camvid");
    private readonly Option<DirectoryInfo?> target = CommandOptions.Absent<DirectoryInfo>("--target", "The target set's root folder.", "DIR");

    public TrainDataOptions(Command command)
    {
        foreach (Option option in (Option[])[sourceImages, sourceLabels, sourceClasses, unlabelled, sourcePreset, source, targetImages, targetPreset, target])
        {
            command.Options.Add(option);
        }

        CommandOptions.ExcludeFromPreset(command, unlabelled, sourcePreset);
        CommandOptions.RequireOneGroup(command, [sourceImages, sourceLabels, sourceClasses], [sourcePreset, source]);
        CommandOptions.RequireOneGroup(command, [targetImages], [targetPreset, target]);
    }

    /// <summary>The labelled domain that valid options name.</summary>
    public StreetsData ReadSource(ParseResult result) => result.GetValue(sourcePreset) is { } name
        ? new PublishedData(PublishedSet.Get(name), result.GetValue(source)!.FullName, Split)
        : new FolderData(
            result.GetValue(sourceImages)!.FullName,
            result.GetValue(sourceLabels)!.FullName,
            result.GetValue(sourceClasses)!.FullName,
            result.GetValue(unlabelled) == CommandOptions.Skip);

    /// <summary>The unlabelled domain that valid options name.</summary>
    public StreetsData ReadTarget(ParseResult result) => result.GetValue(targetPreset) is { } name
        ? new PublishedData(PublishedSet.Get(name), result.GetValue(target)!.FullName, Split)
        : new FolderData(result.GetValue(targetImages)!.FullName);
}

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
    private readonly Option<DirectoryInfo?> _targetLabels = CommandOptions.Absent<DirectoryInfo>(
        "--target-labels", "Folder of the label masks that some target images have; a missing one means an unlabelled image.", "DIR");
    private readonly Option<FileInfo?> _targetClasses = CommandOptions.Absent<FileInfo>(
        "--target-classes", "JSON file of the classes in --target-labels, the source's classes; --source-classes if not given.", "FILE");
    private readonly Option<int?> _targetLabelShare = new("--target-label-share")
    {
        Description = "The share of the labelled target images whose labels are used, for experiments: every n-th. With a published set, "
            + "whose labels are not read otherwise, those of its split train.",
        HelpName = "1/N",
        CustomParser = ParseShare,
    };

    public TrainDataOptions(Command command)
    {
        foreach (Option option in (Option[])[
            _sourceImages, _sourceLabels, _sourceClasses, _unlabelled, _sourcePreset, _source, _targetImages, _targetPreset, _target,
            _targetLabels, _targetClasses, _targetLabelShare])
        {
            command.Options.Add(option);
        }

        CommandOptions.ExcludeFromPreset(command, _unlabelled, _sourcePreset);
        CommandOptions.RequireOneGroup(command, [_sourceImages, _sourceLabels, _sourceClasses], [_sourcePreset, _source]);
        CommandOptions.RequireOneGroup(command, [_targetImages], [_targetPreset, _target]);
        CommandOptions.ExcludeFromPreset(command, _targetLabels, _targetPreset);
        CommandOptions.ExcludeFromPreset(command, _targetClasses, _targetPreset);
        command.Validators.Add(CheckTargetLabels);
    }

    /// <summary>The labelled domain that valid options name.</summary>
    public StreetsData ReadSource(ParseResult result) => result.GetValue(_sourcePreset) is { } name
        ? new PublishedData(PublishedSet.Get(name), result.GetValue(_source)!.FullName, Split)
        : new FolderData(
            result.GetValue(_sourceImages)!.FullName,
            result.GetValue(_sourceLabels)!.FullName,
            result.GetValue(_sourceClasses)!.FullName,
            result.GetValue(_unlabelled) == CommandOptions.Skip);

    /// <summary>The unlabelled domain that valid options name.</summary>
    public StreetsData ReadTarget(ParseResult result) => result.GetValue(_targetPreset) is { } name
        ? new PublishedData(PublishedSet.Get(name), result.GetValue(_target)!.FullName, Split)
        : new FolderData(
            result.GetValue(_targetImages)!.FullName, result.GetValue(_targetLabels)?.FullName, ClassesOfTarget(result))
        {
            IsPartlyLabelled = result.GetValue(_targetLabels) is not null,
        };

    /// <summary>The labels of some target images that valid options name; null for none.</summary>
    public TargetLabels? ReadTargetLabels(ParseResult result)
    {
        if (result.GetValue(_targetLabels) is null && result.GetValue(_targetLabelShare) is null)
        {
            return null;
        }

        StreetsData target = ReadTarget(result);
        return new TargetLabels(
            result.GetValue(_targetLabelShare) ?? 1,
            result.GetValue(_targetPreset) is null && ClassesOfTarget(result) is null ? ReadSource(result).Encoding : target.Encoding);
    }

    private string? ClassesOfTarget(ParseResult result) => result.GetValue(_targetLabels) is null
        ? null
        : (result.GetValue(_targetClasses) ?? result.GetValue(_sourceClasses))?.FullName;

    private void CheckTargetLabels(CommandResult result)
    {
        if (result.GetResult(_targetClasses) is not null && result.GetResult(_targetLabels) is null)
        {
            result.AddError($"Option '{_targetLabels.Name}' is required with '{_targetClasses.Name}'.");
        }

        if (result.GetResult(_targetLabelShare) is not null && result.GetResult(_targetLabels) is null
            && result.GetResult(_targetPreset) is null)
        {
            result.AddError(
                $"Option '{_targetLabelShare.Name}' needs labels: '{_targetLabels.Name}', or a published set, '{_targetPreset.Name}'.");
        }
    }

    private static int? ParseShare(ArgumentResult argument)
    {
        string text = argument.Tokens.Count == 1 ? argument.Tokens[0].Value : string.Empty;
        if (text.StartsWith("1/", StringComparison.Ordinal) && NumberText.TryReadDigits(text[2..], out int every) && every > 0)
        {
            return every;
        }

        argument.AddError($"'{text}' must be 1, a slash and a number, such as 1/16.");
        return null;
    }
}

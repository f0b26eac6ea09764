using System.CommandLine;
using System.CommandLine.Parsing;
using Road.Torch.Data;

namespace Streets;

/// <summary>The options of the two domains that a model is trained on: folders, or a published set, for each.</summary>
internal sealed class TrainDataOptions
{
    private const string Split = "train";

    private static readonly string[] SourcePresets = ["gta5", "synthia", "cityscapes", "camvid"];

    private readonly Option<DirectoryInfo[]> _sourceImages = CommandOptions.Repeated<DirectoryInfo>(
        "--source-images", "Folder of synthetic images; sub-folders are searched. Given several times, sources are mixed.", "DIR");
    private readonly Option<DirectoryInfo[]> _sourceLabels = CommandOptions.Repeated<DirectoryInfo>(
        "--source-labels", "Folder of their label masks, PNG: NAME.png, or NAME_labels.png and the like; one for each source.", "DIR");
    private readonly Option<FileInfo[]> _sourceClasses = CommandOptions.Repeated<FileInfo>(
        "--source-classes", "JSON file of the classes and their pixel values; one for each source, or for all.", "FILE");
    private readonly Option<string> _unlabelled = CommandOptions.Unlabelled("--unlabelled");
    private readonly Option<string[]> _sourcePreset = CommandOptions.Repeated<string>(
        "--source-preset", "A published data set as source, in place of folders. Given several times, sources are mixed.",
        string.Join('|', SourcePresets));
    private readonly Option<DirectoryInfo[]> _source = CommandOptions.Repeated<DirectoryInfo>(
        "--source", "The source set's root folder; one for each source.", "DIR");
    private readonly Option<double[]> _sourceWeight = new("--source-weight")
    {
        Description = "How often crops of a source are drawn against those of the others, one for each; all alike if not given.",
        HelpName = "X",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = ParseWeights,
    };
    private readonly Option<ImageSize[]> _sourceSize = new("--source-size")
    {
        Description = "Size that source images are scaled to; one for each source, or for all.",
        HelpName = "WxH",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = static argument => [.. CommandOptions.ParseSizes("--source-size", argument) ?? []],
    };
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
            _sourceImages, _sourceLabels, _sourceClasses, _unlabelled, _sourcePreset, _source, _sourceWeight, _sourceSize,
            _targetImages, _targetPreset, _target, _targetLabels, _targetClasses, _targetLabelShare])
        {
            command.Options.Add(option);
        }

        _sourcePreset.AcceptOnlyFromAmong(SourcePresets);
        CommandOptions.ExcludeFromPreset(command, _unlabelled, _sourcePreset);
        CommandOptions.RequireOneGroup(command, [_sourceImages, _sourceLabels, _sourceClasses], [_sourcePreset, _source]);
        CommandOptions.RequireOneGroup(command, IsSourceOnly, [_targetImages], [_targetPreset, _target]);
        CommandOptions.ExcludeFromPreset(command, _targetLabels, _targetPreset);
        CommandOptions.ExcludeFromPreset(command, _targetClasses, _targetPreset);
        command.Validators.Add(CheckSources);
        command.Validators.Add(CheckTargetLabels);
    }

    /// <summary>The labelled domains that valid options name.</summary>
    public IReadOnlyList<WeightedData> ReadSources(ParseResult result)
    {
        StreetsData[] sources = result.GetValue(_sourcePreset) is { Length: > 0 } names
            ? [.. names.Zip(result.GetValue(_source)!, static (name, root) =>
                (StreetsData)new PublishedData(PublishedSet.Get(name), root.FullName, Split))]
            : [.. result.GetValue(_sourceImages)!.Zip(result.GetValue(_sourceLabels)!).Select(
                (folders, index) => (StreetsData)new FolderData(
                    folders.First.FullName,
                    folders.Second.FullName,
                    ClassesOfSource(result, index),
                    result.GetValue(_unlabelled) == CommandOptions.Skip))];
        double[] weights = result.GetValue(_sourceWeight) is { Length: > 0 } given ? given : [.. sources.Select(static _ => 1.0)];
        ImageSize[] sizes = result.GetValue(_sourceSize) ?? [];
        return [.. sources.Zip(weights).Select((source, index) => new WeightedData(
            source.First, source.Second, sizes.Length == 0 ? null : sizes[sizes.Length == 1 ? 0 : index]))];
    }

    /// <summary>Whether the target is a published set.</summary>
    public bool HasTargetPreset(CommandResult result) => result.GetResult(_targetPreset) is { Implicit: false };

    /// <summary>Whether there is a target domain.</summary>
    public bool HasTarget(ParseResult result) => result.GetValue(_targetImages) is not null || result.GetValue(_targetPreset) is not null;

    /// <summary>
    /// The unlabelled domain that valid options name; of a published set a split. Where there is none, which a training on the source alone
    /// does without, the first source stands in its place.
    /// </summary>
    public StreetsData ReadTarget(ParseResult result, string split = Split) => !HasTarget(result) ? ReadSources(result)[0].Data
        : result.GetValue(_targetPreset) is { } name
        ? new PublishedData(PublishedSet.Get(name), result.GetValue(_target)!.FullName, split)
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
            result.GetValue(_targetPreset) is null && ClassesOfTarget(result) is null
                ? ReadSources(result)[0].Data.Encoding
                : target.Encoding);
    }

    private static bool IsSourceOnly(CommandResult result) =>
        result.GetResult("--variant") is OptionResult { Tokens: [{ Value: "none" }] };

    private string? ClassesOfTarget(ParseResult result) => result.GetValue(_targetLabels) is null
        ? null
        : (result.GetValue(_targetClasses) ?? result.GetValue(_sourceClasses)?.FirstOrDefault())?.FullName;

    private string ClassesOfSource(ParseResult result, int index)
    {
        FileInfo[] classes = result.GetValue(_sourceClasses)!;
        return classes[classes.Length == 1 ? 0 : index].FullName;
    }

    /// <summary>Refuses sources of which something is missing.</summary>
    private void CheckSources(CommandResult result)
    {
        Option first = Count(_sourcePreset) > 0 ? _sourcePreset : _sourceImages;
        int sources = Count(first);
        Option[] others = first == _sourcePreset ? [_source] : [_sourceLabels];
        foreach (Option other in others.Where(other => sources > 0 && Count(other) > 0 && Count(other) != sources))
        {
            Differ(other, string.Empty);
        }

        if (sources > 1 && Count(_sourceClasses) > 1 && Count(_sourceClasses) != sources)
        {
            Differ(_sourceClasses, ", or one for all");
        }

        if (sources > 0 && Count(_sourceSize) > 1 && Count(_sourceSize) != sources)
        {
            Differ(_sourceSize, ", or one for all");
        }

        if (sources > 0 && Count(_sourceWeight) > 0 && Count(_sourceWeight) != sources)
        {
            Differ(_sourceWeight, ", or none");
        }

        int Count(Option option) => result.GetResult(option) is { Implicit: false } given ? given.Tokens.Count : 0;

        void Differ(Option other, string orElse) => result.AddError(
            $"'{first.Name}' is given {Count(first)} times and '{other.Name}' {Count(other)} times: give as many of both{orElse}.");
    }

    private static double[] ParseWeights(ArgumentResult argument)
    {
        double[] weights = new double[argument.Tokens.Count];
        for (int i = 0; i < weights.Length; i++)
        {
            if (!NumberText.TryRead(argument.Tokens[i].Value, out weights[i], out string error))
            {
                argument.AddError($"--source-weight: {error}");
            }
            else if (!(weights[i] is > 0 and <= 1_000_000))
            {
                argument.AddError($"--source-weight: {argument.Tokens[i].Value} must be greater than 0 and at most 1000000.");
            }
        }

        return weights;
    }

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

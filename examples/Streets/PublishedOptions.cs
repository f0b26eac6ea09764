using System.CommandLine;

namespace Streets;

/// <summary>The options that name a published data set.</summary>
internal sealed class PublishedOptions
{
    private const string DefaultSplit = "val";

    private readonly Option<string?> _preset = CommandOptions.Preset(
        "--preset", "A published data set, in place of folders.", PublishedSet.Names);
    private readonly Option<DirectoryInfo?> _root = CommandOptions.Absent<DirectoryInfo>(
        "--data", "The published set's root folder.", "DIR");
    private readonly Option<string?> _split = CommandOptions.Absent<string>(
        "--split", $"The split of cityscapes or camvid; {DefaultSplit} if not given.", "NAME");

    public PublishedOptions(Command command)
    {
        foreach (Option option in (Option[])[_preset, _root, _split])
        {
            command.Options.Add(option);
        }

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

    /// <summary>The option of the set's name.</summary>
    public Option Preset => _preset;

    /// <summary>The option of the set's folder.</summary>
    public Option Root => _root;

    /// <summary>The option of the set's split.</summary>
    public Option Split => _split;

    /// <summary>The set that valid options name; null for none.</summary>
    public StreetsData? Read(ParseResult result)
    {
        if (result.GetValue(_preset) is not { } name)
        {
            return null;
        }

        PublishedSet set = PublishedSet.Get(name);
        return new PublishedData(
            set, result.GetValue(_root)!.FullName, set.HasSplits ? result.GetValue(_split) ?? DefaultSplit : string.Empty);
    }
}

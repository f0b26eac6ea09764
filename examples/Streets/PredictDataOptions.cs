using System.CommandLine;
using System.CommandLine.Parsing;

namespace Streets;

/// <summary>The options of the images that a model is applied to: files, folders, patterns, a list, a published set, or a video.</summary>
internal sealed class PredictDataOptions
{
    private readonly Option<string[]> _images = new("--images")
    {
        Description = "Images: folders, whose sub-folders are searched, files, and patterns such as \"photos/**/*.jpg\" in quotes.",
        HelpName = "DIR|FILE|PATTERN",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string?> _list = CommandOptions.Absent<string>(
        "--list", "A file with the name of an image in each line; - for standard input.", "FILE");

    private readonly Option<FileInfo?> _video = CommandOptions.Absent<FileInfo>(
        "--video", "A video, whose frames are drawn under their masks into the video --out; ffmpeg must be installed.", "FILE");

    private readonly PublishedOptions _published;

    public PredictDataOptions(Command command)
    {
        command.Options.Add(_images);
        command.Options.Add(_list);
        command.Options.Add(_video);
        _published = new PublishedOptions(command);
        command.Validators.Add(result =>
        {
            Option[] given = [.. ((Option[])[_images, _list, _video, _published.Preset, _published.Root])
                .Where(option => result.GetResult(option) is { Implicit: false })];
            if (given.Length == 0)
            {
                result.AddError(
                    $"Either '{_images.Name}' or '{_list.Name}' must be given, or '{_video.Name}', or '{_published.Preset.Name}' and "
                    + $"'{_published.Root.Name}'.");
            }
            else if (given.Contains(_video) && given.Length > 1)
            {
                result.AddError($"Options '{_video.Name}' and '{given.First(option => option != _video).Name}' cannot be used together.");
            }
            else if (given.FirstOrDefault(option => option == _images || option == _list) is { } own
                && given.FirstOrDefault(option => option != _images && option != _list) is { } published)
            {
                result.AddError(
                    $"Options '{own.Name}' and '{published.Name}' cannot be used together: name images or a published set.");
            }
        });
    }

    /// <summary>Whether a video is given.</summary>
    public bool IsVideo(CommandResult result) => result.GetResult(_video) is { Implicit: false };

    /// <summary>The video; null where there is none.</summary>
    public string? ReadVideo(ParseResult result) => result.GetValue(_video)?.FullName;

    /// <summary>The images that valid options name.</summary>
    public StreetsData Read(ParseResult result)
    {
        if (_published.Read(result) is { } published)
        {
            return published;
        }

        string[] images = result.GetValue(_images) ?? [];
        string? list = result.GetValue(_list);
        bool isFolder = images is [var only] && list is null && !File.Exists(only) && !ImageListData.IsPattern(only);
        return isFolder ? new FolderData(Path.GetFullPath(images[0])) : new ImageListData(images, list);
    }
}

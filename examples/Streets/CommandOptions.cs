using System.CommandLine;
using System.CommandLine.Parsing;
using Road.MLNet;
using Road.Torch.Data;

namespace Streets;

/// <summary>Makes options of the kinds that the commands have.</summary>
internal static class CommandOptions
{
    /// <summary>The value by which images that cannot be read, or have no label mask, are left out.</summary>
    public const string Skip = "skip";

    private static readonly OrderedDictionary<string, ImageOrientation> Orientations = new()
    {
        ["upright"] = ImageOrientation.Upright,
        ["as-stored"] = ImageOrientation.AsStored,
    };

    private static readonly OrderedDictionary<string, ImageFit> Fits = new()
    {
        ["keep-aspect-ratio"] = ImageFit.KeepAspectRatio,
        ["stretch"] = ImageFit.Stretch,
    };

    private static readonly OrderedDictionary<string, BadSamplePolicy> Policies = new()
    {
        ["stop"] = BadSamplePolicy.Stop,
        [Skip] = BadSamplePolicy.Skip,
    };

    /// <summary>An option that must be given.</summary>
    public static Option<T> Required<T>(string name, string description, string helpName) =>
        new(name) { Description = description, HelpName = helpName, Required = true };

    /// <summary>An option with a default.</summary>
    public static Option<T> Optional<T>(string name, string description, string helpName, T value) =>
        new(name) { Description = description, HelpName = helpName, DefaultValueFactory = _ => value };

    /// <summary>An option that may be left out, and then has no value.</summary>
    public static Option<T?> Absent<T>(string name, string description, string helpName)
        where T : class =>
        new(name) { Description = description, HelpName = helpName };

    /// <summary>An option that may be left out, or given several times.</summary>
    public static Option<T[]> Repeated<T>(string name, string description, string helpName) =>
        new(name) { Description = description, HelpName = helpName, Arity = ArgumentArity.OneOrMore };

    /// <summary>The name of one of some published sets.</summary>
    public static Option<string?> Preset(string name, string description, params string[] sets)
    {
        Option<string?> option = Absent<string>(name, description, string.Join('|', sets));
        option.AcceptOnlyFromAmong(sets);
        return option;
    }

    /// <summary>What becomes of images without a label mask where others have one.</summary>
    public static Option<string> Unlabelled(string name)
    {
        Option<string> option = Optional(
            name, "What becomes of images without a label mask where others have one.", $"error|{Skip}", "error");
        option.AcceptOnlyFromAmong("error", Skip);
        return option;
    }

    /// <summary>A size in pixels.</summary>
    public static Option<ImageSize?> Size(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "WxH",
        CustomParser = argument => ParseSizes(name, argument) is [var size] ? size : null,
    };

    /// <summary>The sizes that an option is given; null, and an error, where one of them cannot be.</summary>
    public static IReadOnlyList<ImageSize>? ParseSizes(string name, ArgumentResult argument)
    {
        if (ParsePairs(argument) is not { } pairs)
        {
            return null;
        }

        ImageSize[] sizes = [.. pairs.Select(static pair => new ImageSize(pair.First, pair.Second))];
        try
        {
            foreach (ImageSize size in sizes)
            {
                _ = new RoadTrainerOptions { SourceImageSize = size };
            }
        }
        catch (ArgumentOutOfRangeException error)
        {
            argument.AddError(OptionWords.Of(name, error));
        }

        return sizes;
    }

    /// <summary>What a command computes on; null where it is not given.</summary>
    public static Option<StreetsDevice?> Device() => new("--device")
    {
        Description = "What to compute on; a GPU where the build and the machine have one, else the processor, if not given.",
        HelpName = "cpu|cuda:N",
        CustomParser = static argument =>
        {
            string text = argument.Tokens.Count == 1 ? argument.Tokens[0].Value : string.Empty;
            StreetsDevice? device = StreetsDevice.Read(text, out string error);
            if (device is null)
            {
                argument.AddError($"--device: {error}");
            }

            return device;
        },
    };

    /// <summary>The numbers that a command computes with.</summary>
    public static Option<string> Precision(string description)
    {
        Option<string> option = Optional("--precision", description, "float32|bfloat16", "float32");
        option.AcceptOnlyFromAmong("float32", "bfloat16");
        return option;
    }

    /// <summary>The limit on an image's or a mask's pixels.</summary>
    public static Option<int> MaxPixels() => NumberOption.Create(
        "--max-pixels",
        "The most pixels that an image or a label mask may have; larger ones are refused unread.",
        new RoadTrainerOptions().MaxPixels,
        check: static value => _ = new RoadTrainerOptions { MaxPixels = value });

    /// <summary>Whether photos are turned as their metadata says.</summary>
    public static Option<Word<ImageOrientation>> Orientation() => Choice(
        "--orientation", "Photos upright, as viewers show them by their EXIF orientation, or their pixels as-stored.", Orientations);

    /// <summary>How images are brought to the sizes given.</summary>
    public static Option<Word<ImageFit>> Fit() => Choice(
        "--image-fit", "Scaled images keep-aspect-ratio and fit into the size given, or stretch to it.", Fits);

    /// <summary>What happens to images that cannot be read.</summary>
    public static Option<Word<BadSamplePolicy>> BadImages() => Choice(
        "--bad-images", "Images and masks that cannot be read stop the command, or are skipped and counted.", Policies);

    /// <summary>Two numbers from 1 on with an x between them; null, and an error, for anything else.</summary>
    public static (int First, int Second)? ParsePair(ArgumentResult argument)
    {
        return ParsePairs(argument) is [var pair] ? pair : null;
    }

    /// <summary>The same for each time that the option is given; null, and an error, where one of them is anything else.</summary>
    public static IReadOnlyList<(int First, int Second)>? ParsePairs(ArgumentResult argument)
    {
        List<(int First, int Second)> pairs = [];
        foreach (string text in argument.Tokens.Select(static token => token.Value))
        {
            if (ParsePair(text) is not { } pair)
            {
                argument.AddError($"'{text}' must be two numbers with an x between them, such as 256x192.");
                return null;
            }

            pairs.Add(pair);
        }

        return pairs;
    }

    private static (int First, int Second)? ParsePair(string text)
    {
        string[] parts = text.Split('x');
        if (parts.Length == 2
            && NumberText.TryReadDigits(parts[0], out int first)
            && NumberText.TryReadDigits(parts[1], out int second)
            && first > 0
            && second > 0)
        {
            return (first, second);
        }

        return null;
    }

    /// <summary>Refuses an option of folders together with a published set.</summary>
    public static void ExcludeFromPreset(Command command, Option option, Option preset) => command.Validators.Add(result =>
    {
        if (result.GetResult(option) is { Implicit: false } && result.GetResult(preset) is { Implicit: false })
        {
            result.AddError($"Option '{option.Name}' cannot be used with '{preset.Name}': it is of folders.");
        }
    });

    /// <summary>Makes an option that is required otherwise one that a command does without where it only collects.</summary>
    public static void RequireUnless(Command command, Option needed, Func<CommandResult, bool> collects) => command.Validators.Add(result =>
    {
        bool isGiven = result.GetResult(needed) is { Implicit: false };
        if (!isGiven && !collects(result))
        {
            result.AddError($"Option '{needed.Name}' is required.");
        }
    });

    /// <summary>Refuses options beside another that they say nothing to.</summary>
    public static void Exclude(Command command, Option option, Func<CommandResult, bool> isGiven, params Option[] others) =>
        command.Validators.Add(result =>
        {
            foreach (Option other in others.Where(other => isGiven(result) && result.GetResult(other) is { Implicit: false }))
            {
                result.AddError($"Options '{option.Name}' and '{other.Name}' cannot be used together.");
            }
        });

    /// <summary>
    /// Makes a command take either all of one group of options or all of another, and say what is mixed or missing.
    /// </summary>
    public static void RequireOneGroup(Command command, Option[] folders, Option[] preset, params Option[] optionalWithPreset) =>
        RequireOneGroup(command, static _ => false, folders, preset, optionalWithPreset);

    /// <summary>The same, but for command lines that do without both.</summary>
    public static void RequireOneGroup(
        Command command, Func<CommandResult, bool> needsNone, Option[] folders, Option[] preset, params Option[] optionalWithPreset) =>
        command.Validators.Add(result =>
        {
            Option? folder = Array.Find(folders, IsGiven);
            Option? published = Array.Find([.. preset, .. optionalWithPreset], IsGiven);
            if (folder is not null && published is not null)
            {
                result.AddError(
                    $"Options '{folder.Name}' and '{published.Name}' cannot be used together: name folders or a published set.");
                return;
            }

            if (folder is null && published is null)
            {
                if (!needsNone(result))
                {
                    result.AddError($"Either {List(folders)} must be given, or {List(preset)}.");
                }

                return;
            }

            Option given = (folder ?? published)!;
            foreach (Option missing in (folder is null ? preset : folders).Where(option => !IsGiven(option)))
            {
                result.AddError($"Option '{missing.Name}' is required with '{given.Name}'.");
            }

            bool IsGiven(Option option) => result.GetResult(option) is { Implicit: false };
        });

    /// <summary>An option of some words, of which the first is the default.</summary>
    private static Option<Word<T>> Choice<T>(string name, string description, OrderedDictionary<string, T> words) => new(name)
    {
        Description = description,
        HelpName = string.Join('|', words.Keys),
        DefaultValueFactory = _ => new Word<T>(words.GetAt(0).Key, words.GetAt(0).Value),
        CustomParser = argument =>
        {
            string text = argument.Tokens.Count == 1 ? argument.Tokens[0].Value : string.Empty;
            if (words.TryGetValue(text, out T? value))
            {
                return new Word<T>(text, value);
            }

            argument.AddError($"{name}: '{text}' must be {string.Join(" or ", words.Keys.Select(static word => $"'{word}'"))}.");
            return null!;
        },
    };

    private static string List(Option[] options) => options.Length == 1
        ? $"'{options[0].Name}'"
        : string.Join(", ", options[..^1].Select(option => $"'{option.Name}'")) + $" and '{options[^1].Name}'";
}

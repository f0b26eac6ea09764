using System.CommandLine;
using System.CommandLine.Parsing;
using Road.Torch.Training;

namespace Streets;

/// <summary>The options of which model a training gives: the mean of its weights, the best on the way, and when to end.</summary>
internal sealed class ChoiceOptions
{
    /// <summary>By mean IoU on source images that are kept out of the training.</summary>
    public const string Source = "source";

    /// <summary>By the confidence of predictions on target images, without labels.</summary>
    public const string Confidence = "confidence";

    /// <summary>By mean IoU on labelled target images.</summary>
    public const string Target = "target";

    private const string ValidationSplit = "val";
    private const int WatchedEvaluations = 10;

    private readonly Option<double?> _averaging = NumberOption.CreateAbsent<double>(
        "--average-weights",
        "Give the running mean of the weights, 0.999 of which is kept in a step, for instance; 1 for the plain mean of all.",
        "DECAY",
        static value => _ = new WeightAveragingOptions { Decay = value });

    private readonly Option<string?> _keepBest = CommandOptions.Absent<string>(
        "--keep-best",
        "Give the best model in the place of the last: by mean IoU on every twentieth source image, which is then not trained on; by "
        + "the confidence of predictions on target images, a proxy without labels; or by mean IoU on labelled target images, A CHOICE ON "
        + "TARGET LABELS.",
        $"{Source}|{Confidence}|{Target}");

    private readonly Option<int?> _patience = NumberOption.CreateAbsent<int>(
        "--early-stopping",
        "End the training after so many evaluations in a row in which that has not become better.",
        "EVALUATIONS",
        static value => _ = new EarlyStopping(new SnapshotMetric("none", static _ => 0)) { Patience = value });

    private readonly Option<int> _interval = NumberOption.Create(
        "--evaluation-interval",
        "Steps from one evaluation to the next; a tenth of the training, where that is less and nothing is chosen by it.",
        new TrainingOptions().EvaluationInterval,
        check: static value => _ = new TrainingOptions { EvaluationInterval = value });

    private readonly Option<DirectoryInfo?> _images = CommandOptions.Absent<DirectoryInfo>(
        "--validation-images", $"Folder of labelled target images for --keep-best {Target}, or for --report and --tensorboard to measure "
        + $"the models on the way by; for --keep-best a target preset has its split {ValidationSplit} in their place.", "DIR");

    private readonly Option<DirectoryInfo?> _labels = CommandOptions.Absent<DirectoryInfo>(
        "--validation-labels", "Folder of their label masks.", "DIR");

    private readonly Option<FileInfo?> _classes = CommandOptions.Absent<FileInfo>(
        "--validation-classes", "JSON file of their classes, which are named as the source's.", "FILE");

    private readonly TrainDataOptions _data;
    private readonly WatchOptions _watch;

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="data">The options of what it trains on.</param>
    /// <param name="watch">The options of what is written of the training.</param>
    public ChoiceOptions(Command command, TrainDataOptions data, WatchOptions watch)
    {
        _data = data;
        _watch = watch;
        _keepBest.AcceptOnlyFromAmong(Source, Confidence, Target);
        foreach (Option option in (Option[])[_averaging, _keepBest, _patience, _interval, _images, _labels, _classes])
        {
            command.Options.Add(option);
        }

        command.Validators.Add(Check);
    }

    /// <summary>Sets what was given.</summary>
    public void Apply(ParseResult result, TrainingOptions options)
    {
        options.WeightAveraging.Decay = result.GetValue(_averaging);
        options.EvaluationInterval = result.GetValue(_interval);

        // Where nothing depends on it, there is to be something to see of a short training too.
        if (result.GetResult(_interval) is null or { Implicit: true } && result.GetValue(_keepBest) is null)
        {
            options.EvaluationInterval = Math.Clamp(options.Iterations / WatchedEvaluations, 1, options.EvaluationInterval);
        }
    }

    /// <summary>The labelled target images that the models on the way are measured on, whether they choose or not; null for none.</summary>
    public StreetsData? ReadMeasured(ParseResult result) =>
        result.GetValue(_keepBest) == Target || result.GetValue(_images) is not null ? ReadValidation(result) : null;

    /// <summary>What the models are judged by; null where nothing asks for it.</summary>
    public ModelChoice? Read(ParseResult result) => result.GetValue(_keepBest) is { } criterion
        ? new ModelChoice(criterion, result.GetValue(_patience))
        : null;

    private StreetsData ReadValidation(ParseResult result) => result.GetValue(_images) is { } images
        ? new FolderData(images.FullName, result.GetValue(_labels)!.FullName, result.GetValue(_classes)!.FullName)
        : _data.ReadTarget(result, ValidationSplit);

    private void Check(CommandResult result)
    {
        string? criterion = IsGiven(_keepBest) && result.GetResult(_keepBest)!.Tokens is [var token] ? token.Value : null;
        bool isWatched = _watch.AreGiven(result);
        foreach (Option option in ((Option[])(isWatched ? [_patience] : [_patience, _interval])).Where(
            option => criterion is null && IsGiven(option)))
        {
            result.AddError($"{option.Name} needs {_keepBest.Name}, which says what is evaluated.");
        }

        Option[] folders = [_images, _labels, _classes];
        Option[] given = [.. folders.Where(IsGiven)];
        if (criterion != Target && !isWatched)
        {
            foreach (Option option in given)
            {
                result.AddError($"{option.Name} needs {_keepBest.Name} {Target}, {_watch.Names}.");
            }
        }
        else if (criterion == Target && given.Length == 0 && !_data.HasTargetPreset(result))
        {
            result.AddError(
                $"{_keepBest.Name} {Target} needs {string.Join(", ", folders[..^1].Select(static option => option.Name))} and "
                + $"{folders[^1].Name}, or a target preset.");
        }
        else if (given.Length > 0)
        {
            foreach (Option option in folders.Except(given))
            {
                result.AddError($"Option '{option.Name}' is required with '{given[0].Name}'.");
            }
        }

        bool IsGiven(Option option) => result.GetResult(option) is { Implicit: false };
    }
}

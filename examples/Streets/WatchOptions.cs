using System.CommandLine;

namespace Streets;

/// <summary>The options of what is written of a training while it runs.</summary>
internal sealed class WatchOptions
{
    private readonly Option<DirectoryInfo?> _tensorBoard = CommandOptions.Absent<DirectoryInfo>(
        "--tensorboard", "A folder, one for each training, of event files for TensorBoard.", "DIR");

    private readonly Option<FileInfo?> _report = CommandOptions.Absent<FileInfo>(
        "--report", "The report of the training, an HTML page that is rewritten while it runs.", "FILE.html");

    /// <summary>Adds the options to a command.</summary>
    public WatchOptions(Command command)
    {
        command.Options.Add(_tensorBoard);
        command.Options.Add(_report);
    }

    /// <summary>Their names, as an error lists them.</summary>
    public string Names => $"{_report.Name} or {_tensorBoard.Name}";

    /// <summary>Whether one is given.</summary>
    public bool AreGiven(System.CommandLine.Parsing.CommandResult result) =>
        result.GetResult(_tensorBoard) is { Implicit: false } || result.GetResult(_report) is { Implicit: false };

    /// <summary>What was given.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="measured">The labelled target images that the models on the way are measured on; null for none.</param>
    public TrainingWatch Read(ParseResult result, StreetsData? measured) =>
        new(result.GetValue(_tensorBoard)?.FullName, result.GetValue(_report)?.FullName, measured);
}

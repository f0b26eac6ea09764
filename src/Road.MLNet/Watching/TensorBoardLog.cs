using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.ML.Data;
using Road.MLNet.Data;
using Road.MLNet.Watching;
using Road.Torch;
using Road.Torch.Training;
using SkiaSharp;
using TorchSharp;
using TorchSharp.Modules;

namespace Road.MLNet;

/// <summary>
/// Writes event files that TensorBoard shows while the training runs: every loss by its name, learning rate, images a second and memory;
/// with an <see cref="Evaluation"/> its scores, the IoU of every class, the confusion matrix and pictures of what the network sees. Steps
/// are iterations. Follows any training.
/// </summary>
/// <remarks>
/// A training that goes on from a checkpoint goes on in a new file, and what the files say of steps behind the checkpoint is taken away.
/// Give each training a folder of its own: TensorBoard shows what lies in one as one run. A folder that no training goes on in keeps its
/// files; of what they say TensorBoard shows the last.
/// </remarks>
public sealed class TensorBoardLog : ITrainingObserver
{
    private const string SuffixStart = "road-";

    private string _id = NewId();
    private bool _isRestored;
    private List<LoggedFile> _files = [];
    private int _lastEvaluation = -1;
    private int _lastStep;
    private string? _file;
    private SummaryWriter? _writer;

    /// <summary>Creates the observer.</summary>
    /// <param name="folder">The folder of event files, which is made when the training begins.</param>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public TensorBoardLog(string folder) => Folder = Path.GetFullPath(OptionGuard.NotEmpty(folder));

    /// <summary>The folder of event files.</summary>
    public string Folder { get; }

    /// <summary>What is measured and shown at every evaluation; null, the default, for nothing.</summary>
    public SnapshotEvaluation? Evaluation { get; init; }

    /// <inheritdoc/>
    public bool WantsSnapshots => Evaluation is not null;

    /// <inheritdoc/>
    public string? SaveState() => _file is null
        ? null
        : JsonSerializer.Serialize(new State(
            _id, [.. _files, new LoggedFile(Path.GetFileName(_file), new FileInfo(_file).Length)], _lastStep, _lastEvaluation));

    /// <inheritdoc/>
    public void RestoreState(string state)
    {
        try
        {
            (_id, _files, _lastStep, _lastEvaluation) = JsonSerializer.Deserialize<State>(state)!;
            if (_id is not { Length: > 0 } || _files is null)
            {
                throw new JsonException();
            }
        }
        catch (Exception error) when (error is JsonException or NullReferenceException)
        {
            throw new InvalidDataException($"The state of '{nameof(TensorBoardLog)}' names no event files.", error);
        }

        _isRestored = true;
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The folder or a file in it cannot be written.</exception>
    public void Started(TrainingStart start)
    {
        ArgumentNullException.ThrowIfNull(start);
        if (!_isRestored)
        {
            (_id, _files, _lastStep, _lastEvaluation) = (NewId(), [], start.Iteration, -1);
        }

        _isRestored = false;
        Directory.CreateDirectory(Folder);
        TakeBack();
        string[] before = OwnFiles();
        _writer = torch.utils.tensorboard.SummaryWriter(Folder, SuffixStart + _id);
        _file = OwnFiles().Except(before).Single();

        // Its own first record has a time of the wrong unit, and it has none of going on.
        EventFile.Begin(_file, start.Iteration + 1);
        if (_lastStep == 0)
        {
            _writer.add_text("settings", Describe(start), 0);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Progress(RoadProgress progress)
    {
        ArgumentNullException.ThrowIfNull(progress);
        if (progress.Iteration <= _lastStep)
        {
            // Steps that were taken back come again.
            EventFile.AppendRestart(_file!, progress.Iteration);
            _lastEvaluation = Math.Min(_lastEvaluation, progress.Iteration - 1);
        }

        _lastStep = progress.Iteration;
        foreach (NamedLoss loss in progress.Losses.All)
        {
            Add($"loss/{loss.Name}", loss.Value, progress.Iteration);
        }

        Add("training/learning rate", progress.LearningRate, progress.Iteration);
        Add("training/images a second", progress.ImagesPerSecond, progress.Iteration);
        Add("training/memory in MB", progress.ResidentBytes / 1e6, progress.Iteration);
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Evaluated(TrainingSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);

        // One that was due right at a checkpoint comes again where the training goes on from there.
        if (Evaluation is null || snapshot.Iteration == _lastEvaluation)
        {
            return;
        }

        SnapshotResult result = Evaluation.Look(snapshot);
        _lastEvaluation = snapshot.Iteration;
        if (result.Metrics is { } metrics)
        {
            Add("evaluation/mean IoU", metrics.MeanIntersectionOverUnion, snapshot.Iteration);
            Add("evaluation/pixel accuracy", metrics.PixelAccuracy, snapshot.Iteration);
            Add("evaluation/calibration error", metrics.ExpectedCalibrationError!.Value, snapshot.Iteration);
            foreach ((string name, double value) in metrics.ClassNames.Zip(metrics.PerClassIntersectionOverUnion))
            {
                Add($"IoU/{name}", value, snapshot.Iteration);
            }

            using MLImage matrix = ConfusionPicture.Draw(metrics);
            AddPicture("confusion", matrix, snapshot.Iteration);
        }

        foreach ((int index, SnapshotPicture picture) in result.Pictures.Index())
        {
            if ((picture.Photo.Width, picture.Photo.Height) == (picture.Overlay.Width, picture.Overlay.Height))
            {
                using MLImage both = SegmentationDrawing.SideBySide([picture.Photo, picture.Overlay]);
                AddPicture(Name(index), both, snapshot.Iteration);
            }
            else
            {
                AddPicture(Name(index), picture.Overlay, snapshot.Iteration);
            }
        }

        static string Name(int index) => string.Create(CultureInfo.InvariantCulture, $"images/{index + 1}");
    }

    private static string NewId() => Guid.NewGuid().ToString("N")[..12];

    private string[] OwnFiles() => Directory.GetFiles(Folder, $"events.out.tfevents.*.{SuffixStart}{_id}");

    /// <summary>Brings the files back to where the checkpoint was saved.</summary>
    private void TakeBack()
    {
        foreach (string path in OwnFiles())
        {
            if (_files.Find(file => file.Name == Path.GetFileName(path)) is not { } known)
            {
                File.Delete(path);
            }
            else if (new FileInfo(path).Length > known.Length)
            {
                using FileStream file = new(path, FileMode.Open, FileAccess.Write, FileShare.Read);
                file.SetLength(known.Length);
            }
        }
    }

    private void Add(string tag, double value, int step)
    {
        if (!double.IsNaN(value))
        {
            _writer!.add_scalar(tag, (float)value, step);
        }
    }

    // The writer's own way to add pictures computes with numbers that a garbage collection may free meanwhile.
    private void AddPicture(string tag, MLImage picture, int step)
    {
        using SKData png = ImageEncoding.Png(picture);
        EventFile.AppendPicture(_file!, tag, step, png, picture.Width, picture.Height);
    }

    private static string Describe(TrainingStart start)
    {
        StringBuilder table = new("| setting | value |\n|---|---|\n");
        foreach ((string name, string value) in start.Settings.OrderBy(static setting => setting.Key, StringComparer.Ordinal))
        {
            table.Append(CultureInfo.InvariantCulture, $"| {name} | {value.Replace("|", "\\|", StringComparison.Ordinal)} |\n");
        }

        return table.ToString();
    }

    private sealed record State(string Id, List<LoggedFile> Files, int LastStep, int LastEvaluation);

    private sealed record LoggedFile(string Name, long Length);
}

using System.Text.Json;
using Microsoft.ML;
using Road.Files;
using Road.Torch;
using Road.Torch.Networks;
using Road.Torch.Training;
using Road.Torch.Weights;
using TorchSharp;

namespace Road.MLNet;

/// <summary>
/// Keeps the best of the models that a <see cref="RoadTrainer"/> hands out for evaluation, by a metric: as the one that <c>Fit</c> returns,
/// as a file, or both. Of equal ones the first is the best. Where the training goes on from a checkpoint, so does this, to the same model
/// as if nothing had been broken off.
/// </summary>
/// <remarks>
/// <b>A metric on labels of the target domain is a choice by those labels</b>: the model is then no longer one that never had any, and what
/// it scores on the same images says too much of it. <see cref="SnapshotMetricCatalog"/> has metrics that need none.
/// </remarks>
public sealed class KeepBest : ITrainingObserver
{
    /// <summary>The file beside a checkpoint that has the best weights so far.</summary>
    internal const string WeightsFileName = "checkpoint.best.safetensors";

    private const string MetadataKey = "road.best";

    private Best? _best;
    private bool _isRestored;
    private string? _weightsFile;
    private SegmentationNetwork? _weights;

    /// <summary>Creates the observer.</summary>
    /// <param name="metric">What the models are judged by.</param>
    public KeepBest(SnapshotMetric metric)
    {
        ArgumentNullException.ThrowIfNull(metric);
        Metric = metric;
    }

    /// <summary>What the models are judged by.</summary>
    public SnapshotMetric Metric { get; }

    /// <summary>
    /// Whether <c>Fit</c> returns the best model in the place of the last: true by default. Its weights are kept beside the checkpoint, or
    /// in memory where there is none. At most one observer of a training may say so.
    /// </summary>
    public bool IsResult { get; set; } = true;

    /// <summary>
    /// The file that each model that is the best so far is saved to, whole or not at all, its folder made; null, the default, for none. It
    /// holds the transformer that <c>Fit</c> returns, without what stands before that in a pipeline.
    /// </summary>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public string? ModelFile
    {
        get;
        set => field = value is null ? null : OptionGuard.NotEmpty(value);
    }

    /// <summary>The steps behind the best model so far; null before the first evaluation.</summary>
    public int? BestIteration => _best?.Iteration;

    /// <summary>The metric of the best model so far; null before the first evaluation.</summary>
    public double? BestValue => _best?.Value;

    /// <inheritdoc/>
    public string Name => $"keep best by {Metric.Name}";

    /// <inheritdoc/>
    public bool WantsSnapshots => true;

    /// <inheritdoc/>
    public string? SaveState() => _best is null ? null : JsonSerializer.Serialize(_best);

    /// <inheritdoc/>
    public void RestoreState(string state)
    {
        _best = Parse(state) ?? throw new InvalidDataException($"The state of '{Name}' is not that of a best model.");
        _isRestored = true;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The best weights of the training that goes on are gone, or damaged.</exception>
    public void Started(TrainingStart start)
    {
        ArgumentNullException.ThrowIfNull(start);
        Free();
        _best = _isRestored ? _best : null;
        _isRestored = false;
        _weightsFile = IsResult && start.CheckpointDirectory is { } folder ? Path.Combine(folder, WeightsFileName) : null;
        if (_weightsFile is null)
        {
            return;
        }

        if (start.Iteration == 0)
        {
            // Of another training, or of one that was killed before its first checkpoint and begins anew.
            File.Delete(_weightsFile);
        }
        else if (File.Exists(_weightsFile))
        {
            // It may be further than the checkpoint; the steps that lead there come again.
            _best = ReadBest(_weightsFile);
        }
        else if (_best is not null)
        {
            throw new InvalidDataException(
                $"The best weights so far, of iteration {_best.Iteration}, are not in '{_weightsFile}' any more. Put the file back, or "
                + $"remove '{start.CheckpointFile}' too to train from the start.");
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">
    /// The snapshot is not that of a <see cref="RoadTrainer"/>, or the metric is not finite.
    /// </exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public void Evaluated(TrainingSnapshot snapshot)
    {
        if (snapshot is not RoadTrainingSnapshot models)
        {
            throw new InvalidOperationException($"{nameof(KeepBest)} keeps models of a {nameof(RoadTrainer)}.");
        }

        double value = Metric.Measure(snapshot);
        if (_best is not null && !Metric.IsBetter(value, _best.Value))
        {
            return;
        }

        Best best = new(Metric.Name, snapshot.Iteration, value);

        // First the model, since the weights are what a training that goes on believes.
        if (ModelFile is not null)
        {
            SaveModel(models, ModelFile);
        }

        if (IsResult)
        {
            KeepWeights(models, best);
        }

        _best = best;
    }

    /// <inheritdoc/>
    public void Ended(TrainingEnd end)
    {
        ArgumentNullException.ThrowIfNull(end);
        if (end.Error is not null)
        {
            Free();
        }
    }

    /// <summary>Copies the best weights over those of a network that is trained to its end, and lets go of them.</summary>
    internal void MoveBestTo(SegmentationNetwork network)
    {
        using IDisposable noGradient = torch.no_grad();
        using DisposeScope scope = torch.NewDisposeScope();
        if (_weights is not null)
        {
            network.load_state_dict(_weights.state_dict());
            Free();
        }
        else if (_weightsFile is not null)
        {
            using SafetensorsFile file = Open(_weightsFile);
            foreach ((string name, torch.Tensor tensor) in network.state_dict())
            {
                file.CopyExactly(name, tensor);
            }
        }
    }

    private void KeepWeights(RoadTrainingSnapshot models, Best best)
    {
        SegmentationNetwork network = models.CreateNetwork();
        if (_weightsFile is null)
        {
            Free();
            _weights = network;
            return;
        }

        using (network)
        {
            Dictionary<string, string> metadata = new() { [MetadataKey] = JsonSerializer.Serialize(best) };
            AtomicFile.Write(
                _weightsFile, stream => SafetensorsWriter.WriteWithDigest(stream, [.. network.state_dict()], metadata));
        }
    }

    private void Free()
    {
        _weights?.Dispose();
        _weights = null;
    }

    /// <summary>What a file says of its weights; null where they were chosen by another metric.</summary>
    private Best? ReadBest(string path)
    {
        using SafetensorsFile file = Open(path);
        Best best = (file.Metadata.TryGetValue(MetadataKey, out string? json) ? Parse(json) : null)
            ?? throw new InvalidDataException($"The file '{path}' does not say of which iteration its weights are.");
        return best.Metric == Metric.Name ? best : null;
    }

    private static SafetensorsFile Open(string path)
    {
        SafetensorsFile file = SafetensorsFile.Open(path);
        try
        {
            file.Verify();
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static void SaveModel(RoadTrainingSnapshot models, string path)
    {
        using RoadTransformer model = models.CreateModel();
        AtomicFile.Write(path, stream => new MLContext().Model.Save(model, null, stream), makesFolder: true);
    }

    private static Best? Parse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<Best>(json) is { Metric: not null } best && double.IsFinite(best.Value) ? best : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The best model so far.</summary>
    private sealed record Best(string Metric, int Iteration, double Value);
}

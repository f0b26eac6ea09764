using System.Diagnostics;
using System.Globalization;
using Road.Torch.Adaptation;
using Road.Torch.Data;

namespace Road.Torch.Training;

/// <summary>The training loop: batches from two crop streams, the poly schedule, progress, checkpoints and cancellation.</summary>
public sealed class RoadTraining
{
    private readonly RoadEngine engine;
    private readonly RoadTrainingOptions options;
    private readonly CropStream source;
    private readonly CropStream? target;
    private readonly Stopwatch clock = new();
    private TimeSpan before;

    /// <summary>Prepares the loop; the caller keeps and disposes everything that it hands over.</summary>
    /// <param name="engine">The training step.</param>
    /// <param name="options">The options that the engine was made with.</param>
    /// <param name="source">Labelled crops.</param>
    /// <param name="target">Crops of the target domain; null where the options do not adapt to it.</param>
    /// <exception cref="ArgumentException">The options adapt to the target domain and there are no target crops.</exception>
    public RoadTraining(RoadEngine engine, RoadTrainingOptions options, CropStream source, CropStream? target)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(source);
        if (options.NeedsTarget && target is null)
        {
            throw new ArgumentException("These options adapt to the target domain, so they need target crops.", nameof(target));
        }

        this.engine = engine;
        this.options = options;
        this.source = source;
        this.target = options.NeedsTarget ? target : null;
    }

    /// <summary>What a checkpoint says of the training beside its options, by name; one that says otherwise is refused.</summary>
    internal IReadOnlyDictionary<string, string> Facts { get; init; } = new Dictionary<string, string>();

    /// <summary>Time of the training so far, that before its checkpoint included, without evaluations.</summary>
    internal TimeSpan Elapsed => before + clock.Elapsed;

    /// <summary>Receives the checkpoint's file and the steps that it has behind it, where the training goes on with one.</summary>
    internal Action<string, int>? Resumed { get; init; }

    /// <summary>
    /// Trains for as many steps as the options say, or those that are left where <see cref="RoadTrainingOptions.CheckpointDirectory"/>
    /// holds the state of the same training; the engine and the streams must be new.
    /// </summary>
    /// <param name="log">Receives what the options' own progress receives; null for none.</param>
    /// <param name="evaluate">
    /// Receives the steps done every <see cref="RoadTrainingOptions.EvaluationInterval"/> steps and after the last; the
    /// network may run, but not change. Null for none.
    /// </param>
    /// <exception cref="TrainingCanceledException">The options' token was cancelled; the exception says after which step.</exception>
    /// <exception cref="OperationCanceledException">The options' token was cancelled before the first step of this run.</exception>
    /// <exception cref="InvalidOperationException">
    /// The source has no labelled pixel in a whole pass, in all that the training saw, or in what a rival prepares itself with; or the
    /// losses are not finite; or the checkpoint is of another training.
    /// </exception>
    /// <exception cref="InvalidDataException">The checkpoint is damaged or no checkpoint; the message names the file.</exception>
    /// <exception cref="IOException">The checkpoint cannot be read or written, or another training keeps its state in the same folder.</exception>
    public void Run(IProgress<RoadProgress>? log = null, Action<int>? evaluate = null)
    {
        PolySchedule schedule = new(
            options.LearningRate, options.Iterations, options.PolyPower, Math.Min(options.WarmUpIterations, options.Iterations / 10));
        using CheckpointLock? checkpointLock = options.CheckpointDirectory is { } place ? CheckpointLock.Take(place) : null;
        TrainingCheckpoint? checkpoint = options.CheckpointDirectory is { } directory ? new TrainingCheckpoint(directory, DescribeTraining()) : null;
        TrainingPosition start = checkpoint?.Read(options.Iterations) ?? TrainingPosition.Start;
        bool isDone = start.Iteration == options.Iterations;
        clock.Restart();
        if (options.Rival != RivalMethod.None && !isDone)
        {
            engine.Prepare(Enumerable.Range(0, options.PreparationCrops).Select(_ =>
            {
                options.CancellationToken.ThrowIfCancellationRequested();
                return new TrainingBatch([source.Next()], []);
            }));
        }

        if (start.Iteration > 0)
        {
            checkpoint!.Restore(engine);
            Resumed?.Invoke(checkpoint.Path, start.Iteration);
            if (!isDone)
            {
                long crops = (long)start.Iteration * options.BatchSize;
                source.Skip(crops);
                target?.Skip(crops);
            }

            before = start.Elapsed;
            clock.Restart();
            Evaluate(start.Iteration);
        }

        int done = start.Iteration;
        int saved = done;
        try
        {
            while (done < options.Iterations)
            {
                options.CancellationToken.ThrowIfCancellationRequested();
                Crop[] labelled = Draw(source, options.BatchSize);
                if (!HasLabelledPixels() && labelled[^1].Pass > 0)
                {
                    throw NoLabels();
                }

                double rate = schedule.Rate(done);
                TrainingBatch batch = new(labelled, target is null ? [] : Draw(target, options.BatchSize));
                if (done == 0 && options.NormalizeFeatures)
                {
                    engine.NormalizeFeatures(batch);
                }

                engine.Step(batch, rate);
                done++;
                if (done % options.ProgressInterval == 0 || done == options.Iterations)
                {
                    Report(done, rate, Elapsed, log);
                }

                Evaluate(done);
                if (done % options.CheckpointInterval == 0 || done == options.Iterations)
                {
                    Save();
                }
            }
        }
        catch (OperationCanceledException error) when (options.CancellationToken.IsCancellationRequested)
        {
            if (done > saved)
            {
                Save();
            }

            throw new TrainingCanceledException(done, done > 0 ? checkpoint?.Path : null, error);
        }

        if (!HasLabelledPixels())
        {
            throw NoLabels();
        }

        bool HasLabelledPixels() => start.HasLabelledPixels || source.HasLabelledPixels;

        void Save()
        {
            checkpoint?.Save(new TrainingPosition(done, Elapsed, HasLabelledPixels()), engine);
            saved = done;
        }

        void Evaluate(int iteration)
        {
            if (evaluate is not null && (iteration % options.EvaluationInterval == 0 || iteration == options.Iterations))
            {
                // What is left is foretold from the pace of the training alone.
                clock.Stop();
                evaluate(iteration);
                clock.Start();
            }
        }
    }

    private Dictionary<string, string> DescribeTraining()
    {
        Dictionary<string, string> facts = new(CheckpointFacts.Of(options))
        {
            ["Seed"] = target is null ? $"{engine.Seed}, {source.Seed}" : $"{engine.Seed}, {source.Seed}, {target.Seed}",
            ["Device"] = engine.DeviceType.ToString(),
            ["InputNormalization"] = CheckpointFacts.Describe(engine.Normalization),
        };
        foreach ((string name, string value) in Facts)
        {
            facts[name] = value;
        }

        return facts;
    }

    private static Crop[] Draw(CropStream stream, int count)
    {
        Crop[] crops = new Crop[count];
        for (int i = 0; i < count; i++)
        {
            crops[i] = stream.Next();
        }

        return crops;
    }

    private static InvalidOperationException NoLabels() => new(
        "No pixel of the source labels belongs to a class: every value is ignored. Check the label encoding against the masks' pixel values.");

    private void Report(int iteration, double rate, TimeSpan elapsed, IProgress<RoadProgress>? log)
    {
        StepLosses losses = engine.ReadLosses();
        if (!losses.AreFinite)
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"The training diverged before iteration {iteration}: L_seg {losses.Segmentation}, L_dist {losses.Distillation}, L_spt {losses.Spatial}{string.Concat(losses.Rival.Select(static loss => string.Create(CultureInfo.InvariantCulture, $", {loss.Name} {loss.Value}")))}. Try a lower LearningRate than {options.LearningRate}."));
        }

        TimeSpan remaining = elapsed * ((double)(options.Iterations - iteration) / iteration);
        RoadProgress progress = new(iteration, options.Iterations, losses, rate, elapsed, remaining);
        log?.Report(progress);
        options.Progress?.Report(progress);
    }
}

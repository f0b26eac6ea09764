using System.Diagnostics;
using System.Globalization;
using Road.Torch.Data;
using Road.Torch.Weights;

namespace Road.Torch.Training;

/// <summary>The training loop: batches from two crop streams, the poly schedule, progress, checkpoints and cancellation.</summary>
public sealed class RoadTraining
{
    private readonly RoadEngine engine;
    private readonly TrainingOptions options;
    private readonly CropStream source;
    private readonly CropStream? target;
    private readonly Stopwatch clock = new();
    private TrainingPosition position = TrainingPosition.Start;
    private TrainingObservers observers = new([]);
    private (int Iteration, TimeSpan Elapsed) reported;
    private TimeSpan before;

    /// <summary>Prepares the loop; the caller keeps and disposes everything that it hands over.</summary>
    /// <param name="engine">The training step.</param>
    /// <param name="options">The options that the engine was made with.</param>
    /// <param name="source">Labelled crops.</param>
    /// <param name="target">Crops of the target domain; null where the options do not adapt to it.</param>
    /// <exception cref="ArgumentException">
    /// The options adapt to the target domain and there are no target crops, or they are to go back without a checkpoint.
    /// </exception>
    public RoadTraining(RoadEngine engine, TrainingOptions options, CropStream source, CropStream? target)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(source);
        if (options.NeedsTarget && target is null)
        {
            throw new ArgumentException("These options adapt to the target domain, so they need target crops.", nameof(target));
        }

        if (options.Contradiction is { } contradiction)
        {
            throw new ArgumentException(contradiction, nameof(options));
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

    /// <summary>Observers of the caller's beside those of the options.</summary>
    internal IReadOnlyList<ITrainingObserver> Observers { get; init; } = [];

    /// <summary>What became of the pretrained weights, for observers.</summary>
    internal WeightsReport? Weights { get; init; }

    /// <summary>Makes what observers see of the network: the steps done and the time that they took. Null for the plain snapshot.</summary>
    internal Func<int, TimeSpan, TrainingSnapshot>? CreateSnapshot { get; init; }

    /// <summary>Receives what the user should know of and need not act on.</summary>
    internal Action<string>? Warn { get; init; }

    /// <summary>
    /// Trains for as many steps as the options say, or those that are left where <see cref="TrainingOptions.CheckpointDirectory"/>
    /// holds the state of the same training; the engine and the streams must be new.
    /// </summary>
    /// <exception cref="TrainingCanceledException">The options' token was cancelled; the exception says after which step.</exception>
    /// <exception cref="OperationCanceledException">The options' token was cancelled before the first step of this run.</exception>
    /// <exception cref="InvalidOperationException">
    /// The source has no labelled pixel in a whole pass, in all that the training saw, or in what a method prepares itself with; or the
    /// checkpoint is of another training.
    /// </exception>
    /// <exception cref="TrainingDivergedException">
    /// Losses or weights are not finite, and the training may not go back, or not once more
    /// (<see cref="TrainingOptions.DivergenceRetries"/>).
    /// </exception>
    /// <exception cref="TrainingObserverException">An observer threw.</exception>
    /// <exception cref="InvalidDataException">The checkpoint is damaged or no checkpoint; the message names the file.</exception>
    /// <exception cref="IOException">
    /// The checkpoint cannot be read or written, or another training keeps its state in the same folder.
    /// </exception>
    public void Run()
    {
        using CheckpointLock? hold = options.CheckpointDirectory is { } folder ? CheckpointLock.Take(folder) : null;
        ITrainingObserver[] shortcuts = options.Progress is { } progress ? [new ProgressObserver(progress)] : [];
        observers = new TrainingObservers([.. Observers, .. shortcuts, .. options.Observers]);
        Dictionary<string, string> settings = DescribeTraining();
        TrainingCheckpoint? checkpoint = options.CheckpointDirectory is { } directory
            ? new TrainingCheckpoint(directory, settings, CheckpointFacts.Of(options.CreateDefaults())) { Warn = Warn }
            : null;
        TrainingPosition? stored = checkpoint?.Read(options.Iterations);
        position = stored ?? TrainingPosition.Start;
        bool isDone = position.Iteration == options.Iterations;
        clock.Restart();
        if (options.NeedsPreparation && !isDone)
        {
            engine.Prepare(Enumerable.Range(0, options.PreparationCrops).Select(_ =>
            {
                options.CancellationToken.ThrowIfCancellationRequested();
                return new TrainingBatch([source.Next()], []);
            }));
        }

        if (stored is not null)
        {
            Resume(checkpoint!, isDone);
        }
        else if (options.DivergenceRetries > 0)
        {
            // Or there would be nothing to go back to before the first interval is over.
            checkpoint!.Save(position, engine);
        }

        Exception? failure = null;
        try
        {
            reported = (position.Iteration, Elapsed);
            observers.Started(new TrainingStart(
                position.Iteration, options.Iterations, engine.DeviceName, position.Iteration > 0 ? checkpoint!.Path : null, settings) { Weights = Weights });
            if (stored is not null)
            {
                clock.Restart();
                Evaluate();
            }

            TrainToTheEnd(checkpoint);
        }
        catch (Exception error)
        {
            failure = error;
            throw;
        }
        finally
        {
            observers.Ended(new TrainingEnd(position.Iteration, Elapsed, failure));
        }
    }

    private void TrainToTheEnd(TrainingCheckpoint? checkpoint)
    {
        while (position.Iteration < options.Iterations)
        {
            try
            {
                Train(checkpoint);
            }
            catch (TrainingDivergedException error) when (position.Retries < options.DivergenceRetries)
            {
                GoBack(checkpoint!, error);
            }
        }

        checkpoint?.DeleteEarlier();
        engine.Finish();

        if (!HasLabelledPixels)
        {
            throw NoLabels();
        }
    }

    private bool HasLabelledPixels => position.HasLabelledPixels || source.HasLabelledPixels;

    /// <summary>Where the training stands now, for a checkpoint.</summary>
    private TrainingPosition Now => position with { Elapsed = Elapsed, HasLabelledPixels = HasLabelledPixels };

    private void Resume(TrainingCheckpoint checkpoint, bool isDone)
    {
        checkpoint.Restore(engine);
        if (!isDone && position.BatchesDrawn > 0)
        {
            long crops = position.BatchesDrawn * options.BatchSize;
            source.Skip(crops);
            target?.Skip(crops);
        }

        before = position.Elapsed;
    }

    /// <summary>Takes steps until the last, or until the losses or the weights are no longer finite.</summary>
    private void Train(TrainingCheckpoint? checkpoint)
    {
        LearningRateSchedule schedule = new(
            options.LearningRate, options.Iterations, options.LearningRateDecay, Math.Min(options.WarmUpIterations, options.Iterations / 10));
        int saved = position.Iteration;
        try
        {
            while (position.Iteration < options.Iterations)
            {
                options.CancellationToken.ThrowIfCancellationRequested();
                Crop[] labelled = Draw(source, options.BatchSize);
                if (!HasLabelledPixels && labelled[^1].Pass > 0)
                {
                    throw NoLabels();
                }

                double rate = schedule.Rate(position.Iteration) * position.RateFactor;
                TrainingBatch batch = new(labelled, target is null ? [] : Draw(target, options.BatchSize));
                if (position.Iteration == 0 && options.NormalizeFeatures)
                {
                    engine.NormalizeFeatures(batch);
                }

                engine.Step(batch, rate);
                position = position with { Iteration = position.Iteration + 1, BatchesDrawn = position.BatchesDrawn + 1, IsRetry = false };
                bool isLast = position.Iteration == options.Iterations;
                bool saves = checkpoint is not null && (position.Iteration % options.CheckpointInterval == 0 || isLast);
                bool reports = position.Iteration % options.ProgressInterval == 0 || isLast;
                if ((saves || isLast || IsEvaluationDue) && engine.FindDivergence() is { } divergence)
                {
                    throw Diverged(divergence, rate);
                }

                if (reports)
                {
                    Report(rate);
                }

                Evaluate();
                if (saves)
                {
                    checkpoint!.Save(Now, engine, keepsEarlier: options.DivergenceRetries > 0 && !isLast);
                    saved = position.Iteration;
                    observers.Saved(checkpoint.Path, saved);
                }
            }
        }
        catch (OperationCanceledException error) when (options.CancellationToken.IsCancellationRequested)
        {
            if (checkpoint is not null && position.Iteration > saved && engine.FindDivergence() is null)
            {
                checkpoint.Save(Now, engine);
                saved = position.Iteration;
                observers.Saved(checkpoint.Path, saved);
            }

            int kept = checkpoint is null ? position.Iteration : saved;
            throw new TrainingCanceledException(kept, kept > 0 ? checkpoint?.Path : null, error);
        }
    }

    /// <summary>
    /// Takes back the steps since the checkpoint and lowers the rate. That is saved, so that a training that is broken off now goes on in
    /// the same way. The streams go on from where they are. A state that was gone back to before, in vain, may be finite and past help
    /// all the same, so it is the one before that is taken then.
    /// </summary>
    private void GoBack(TrainingCheckpoint checkpoint, TrainingDivergedException error)
    {
        TrainingPosition last = checkpoint.Read(options.Iterations) ?? throw error;
        if (last.IsRetry)
        {
            checkpoint.TurnToEarlier();
            last = checkpoint.Read(options.Iterations) ?? throw error;
        }

        checkpoint.Restore(engine);
        engine.ReadLosses();
        position = last with
        {
            BatchesDrawn = position.BatchesDrawn,
            Retries = position.Retries + 1,
            RateFactor = position.RateFactor * options.DivergenceRateFactor,
            IsRetry = true,
        };
        checkpoint.Save(Now, engine);
        Warn?.Invoke(string.Create(
            CultureInfo.InvariantCulture,
            $"{error.Message} Going on after iteration {position.Iteration} with {position.RateFactor} of the learning rate ({position.Retries} of {options.DivergenceRetries} retries)."));
    }

    private bool IsEvaluationDue => observers.WantSnapshots && position.Iteration > 0
        && (position.Iteration % options.EvaluationInterval == 0 || position.Iteration == options.Iterations);

    private void Evaluate()
    {
        if (IsEvaluationDue)
        {
            // What is left is foretold from the pace of the training alone.
            clock.Stop();
            observers.Evaluated(
                CreateSnapshot?.Invoke(position.Iteration, Elapsed) ?? new TrainingSnapshot(engine, position.Iteration, options.Iterations, Elapsed));
            clock.Start();
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

    private TrainingDivergedException Diverged(string losses, double rate)
    {
        string lowered = position.Retries == 0
            ? string.Empty
            : string.Create(CultureInfo.InvariantCulture, $" after {position.Retries} retries that left {position.RateFactor} of it");
        string goBack = options.CheckpointDirectory is null
            ? $"With a {nameof(options.CheckpointDirectory)} and {nameof(options.DivergenceRetries)} it goes back and on at a lower rate by itself"
            : $"The checkpoint is of before: with more {nameof(options.DivergenceRetries)} than {options.DivergenceRetries} the training goes on from there at a lower rate";
        return new TrainingDivergedException(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The training diverged by iteration {position.Iteration}: {losses}. Its rate was {rate}, of a {nameof(options.LearningRate)} of {options.LearningRate}{lowered}, with {nameof(options.HeadLearningRateMultiplier)} {options.HeadLearningRateMultiplier}, {nameof(options.WarmUpIterations)} {options.WarmUpIterations}, {nameof(options.MaxGradientNorm)} {options.MaxGradientNorm} and {nameof(options.Precision)} {options.Precision}. A lower {nameof(options.LearningRate)} or {nameof(options.HeadLearningRateMultiplier)}, more {nameof(options.WarmUpIterations)} or a {nameof(options.MaxGradientNorm)} may hold it. {goBack}."),
            position.Iteration);
    }

    private void Report(double rate)
    {
        StepLosses losses = engine.ReadLosses();
        if (!losses.AreFinite)
        {
            throw Diverged(losses.Describe(), rate);
        }

        int iteration = position.Iteration;
        TimeSpan elapsed = Elapsed;
        TimeSpan remaining = elapsed * ((double)(options.Iterations - iteration) / iteration);
        int crops = options.BatchSize * (target is null ? 1 : 2);
        double seconds = (elapsed - reported.Elapsed).TotalSeconds;
        observers.Progress(new RoadProgress(iteration, options.Iterations, losses, rate, elapsed, remaining)
        {
            ImagesPerSecond = seconds > 0 ? Math.Max(0, iteration - reported.Iteration) * crops / seconds : 0,
            ResidentBytes = Environment.WorkingSet,
        });
        reported = (iteration, elapsed);
    }

    /// <summary>The options' own <see cref="TrainingOptions.Progress"/>.</summary>
    private sealed class ProgressObserver(IProgress<RoadProgress> progress) : CallbackObserver
    {
        public override void Progress(RoadProgress value) => progress.Report(value);
    }
}

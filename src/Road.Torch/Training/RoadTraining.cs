using System.Diagnostics;
using System.Globalization;
using Road.Torch.Data;
using Road.Torch.Weights;

namespace Road.Torch.Training;

/// <summary>The training loop: batches from two crop streams, the poly schedule, progress, checkpoints and cancellation.</summary>
public sealed class RoadTraining
{
    private readonly RoadEngine _engine;
    private readonly TrainingOptions _options;
    private readonly CropStream _source;
    private readonly CropStream? _target;
    private readonly Stopwatch _clock = new();
    private TrainingPosition _position = TrainingPosition.Start;
    private TrainingObservers _observers = new([]);
    private (int Iteration, TimeSpan Elapsed) _reported;
    private TimeSpan _before;
    private bool _startsAnew;
    private ClassCounts? _sourceClasses;

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

        _engine = engine;
        _options = options;
        _source = source;
        _target = options.NeedsTarget ? target : null;
    }

    /// <summary>
    /// Crops of those images of the target domain that have labels, which <see cref="TrainingOptions.TargetLabelCrops"/> are taken of in
    /// every step; null, the default, where none have. The caller keeps and disposes it.
    /// </summary>
    public CropStream? LabelledTarget
    {
        get;
        init => field = _options.TargetLabelWeight > 0 ? value : null;
    }

    /// <summary>What a checkpoint says of the training beside its options, by name; one that says otherwise is refused.</summary>
    internal IReadOnlyDictionary<string, string> Facts { get; init; } = new Dictionary<string, string>();

    /// <summary>Time of the training so far, that before its checkpoint included, without evaluations.</summary>
    internal TimeSpan Elapsed => _before + _clock.Elapsed;

    /// <summary>Observers of the caller's beside those of the options.</summary>
    internal IReadOnlyList<ITrainingObserver> Observers { get; init; } = [];

    /// <summary>What became of the pretrained weights, for observers.</summary>
    internal WeightsReport? Weights { get; init; }

    /// <summary>Makes what observers see of the network: the steps done and the time that they took. Null for the plain snapshot.</summary>
    internal Func<int, TimeSpan, TrainingSnapshot>? CreateSnapshot { get; init; }

    /// <summary>Is called after every step, with the steps done.</summary>
    internal Action<int>? StepDone { get; init; }

    /// <summary>Receives what the user should know of and need not act on.</summary>
    internal Action<string>? Warn { get; init; }

    /// <summary>
    /// Trains for as many steps as the options say, unless an observer ends it before, or for those that are left where
    /// <see cref="TrainingOptions.CheckpointDirectory"/> holds the state of the same training; the engine and the streams must be new.
    /// </summary>
    /// <returns>How it ended: after the last step, or where an observer ended it.</returns>
    /// <exception cref="TrainingCanceledException">The options' token was cancelled; the exception says after which step.</exception>
    /// <exception cref="OperationCanceledException">The options' token was cancelled before the first step of this run.</exception>
    /// <exception cref="InvalidOperationException">
    /// The source has no labelled pixel in a whole pass, in all that the training saw, or in what a method prepares itself with; or the
    /// labelled target has none in a whole pass; or the checkpoint is of another training.
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
    public TrainingEnd Run()
    {
        using CheckpointLock? hold = _options.CheckpointDirectory is { } folder ? CheckpointLock.Take(folder) : null;
        ITrainingObserver[] shortcuts = _options.Progress is { } progress ? [new ProgressObserver(progress)] : [];
        _observers = new TrainingObservers([.. Observers, .. shortcuts, .. _options.Observers]);
        Dictionary<string, string> settings = DescribeTraining();
        TrainingCheckpoint? checkpoint = _options.CheckpointDirectory is { } directory
            ? new TrainingCheckpoint(directory, settings, CheckpointFacts.Of(_options.CreateDefaults())) { Warn = Warn }
            : null;
        bool goesOn = Begin(checkpoint);
        Exception? failure = null;
        TrainingEnd end;
        try
        {
            _reported = (_position.Iteration, Elapsed);
            string? resumedFrom = _position.Iteration > 0 ? checkpoint!.Path : null;
            TrainingStart start = new(_position.Iteration, _options.Iterations, _engine.DeviceName, resumedFrom, settings)
            {
                DefaultSettings = CheckpointFacts.Of(_options.CreateDefaults()),
                CheckpointDirectory = _options.CheckpointDirectory,
                Weights = Weights,
                ClassWeights = _engine.ClassWeights,
                SourceClasses = _sourceClasses,
            };
            _observers.RestoreStates(_position.ObserverStates);
            _observers.Started(start);
            if (goesOn)
            {
                _clock.Restart();
                EvaluateAgain(checkpoint!);
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
            end = new TrainingEnd(_position.Iteration, Elapsed, failure)
            {
                StopReason = failure is null ? _position.StopReason : null,
            };
            _observers.Ended(end);
        }

        return end;
    }

    /// <summary>Whether there is no step to take any more.</summary>
    private bool IsDone => _position.Iteration == _options.Iterations || _position.StopReason is not null;

    /// <summary>Makes the evaluation that is due where a training goes on, which may end it there.</summary>
    private void EvaluateAgain(TrainingCheckpoint checkpoint)
    {
        bool wasDone = IsDone;
        Evaluate();
        if (IsDone && !wasDone)
        {
            checkpoint.Save(Now, _engine.State);
            _observers.Saved(checkpoint.Path, _position.Iteration);
        }
    }

    /// <summary>Prepares the methods, and goes where the checkpoint says, if there is one; returns whether there is.</summary>
    private bool Begin(TrainingCheckpoint? checkpoint)
    {
        TrainingPosition? stored = checkpoint?.Read(_options.Iterations);
        _position = stored ?? TrainingPosition.Start;
        _startsAnew = stored is null;
        _clock.Restart();
        if (stored is null && _options.Losses.ClassWeights is not null)
        {
            WeighClasses();
        }

        if (_options.NeedsPreparation && !IsDone)
        {
            _engine.Prepare(Enumerable.Range(0, _options.PreparationCrops).Select(_ =>
            {
                _options.CancellationToken.ThrowIfCancellationRequested();
                return new TrainingBatch([_source.Next()], []);
            }));
        }

        if (stored is not null)
        {
            Resume(checkpoint!);
        }
        else if (_options.DivergenceRetries > 0)
        {
            // Or there would be nothing to go back to before the first interval is over.
            checkpoint!.Save(_position, _engine.State);
        }

        return stored is not null;
    }

    /// <summary>Counts the source's labels; a checkpoint holds what comes of it.</summary>
    private void WeighClasses()
    {
        _sourceClasses = ClassCounts.Take(
            _source.Samples, _engine.ClassCount, _options.BadSamples, _options.LoaderWorkers, _options.CancellationToken);

        // Of no image at all, the stream tells why.
        if (_sourceClasses is { ImageCount: > 0, LabelledPixels: 0 })
        {
            throw NoLabels();
        }

        _engine.WeighClasses(_sourceClasses);
    }

    private void TrainToTheEnd(TrainingCheckpoint? checkpoint)
    {
        while (!IsDone)
        {
            try
            {
                Train(checkpoint);
            }
            catch (TrainingDivergedException error) when (_position.Retries < _options.DivergenceRetries)
            {
                GoBack(checkpoint!, error);
            }
        }

        checkpoint?.DeleteEarlier();
        _engine.Finish();

        if (!HasLabelledPixels)
        {
            throw NoLabels();
        }
    }

    private bool HasLabelledPixels => _position.HasLabelledPixels || _source.HasLabelledPixels;

    /// <summary>Where the training stands now, for a checkpoint.</summary>
    private TrainingPosition Now => _position with
    {
        Elapsed = Elapsed,
        HasLabelledPixels = HasLabelledPixels,
        ObserverStates = _observers.SaveStates(),
    };

    private void Resume(TrainingCheckpoint checkpoint)
    {
        _engine.Iteration = checkpoint.Restore(_engine.Restore);
        if (!IsDone && _position.BatchesDrawn > 0)
        {
            long crops = _position.BatchesDrawn * _options.BatchSize;
            _source.Skip(crops);
            _target?.Skip(crops);
            LabelledTarget?.Skip(_position.BatchesDrawn * LabelledTargetCount);
        }

        _before = _position.Elapsed;
    }

    /// <summary>Takes steps until the last, or until the losses or the weights are no longer finite.</summary>
    private void Train(TrainingCheckpoint? checkpoint)
    {
        LearningRateSchedule schedule = _options.Rates.CreateSchedule(_options.Iterations);
        int saved = _position.Iteration;
        try
        {
            while (!IsDone)
            {
                _options.CancellationToken.ThrowIfCancellationRequested();
                double rate = schedule.Rate(_position.Iteration) * _position.RateFactor;
                Step(rate);
                if (ReportAndSave(checkpoint, rate))
                {
                    saved = _position.Iteration;
                }
            }
        }
        catch (OperationCanceledException error) when (_options.CancellationToken.IsCancellationRequested)
        {
            if (checkpoint is not null && _position.Iteration > saved && _engine.FindDivergence() is null)
            {
                checkpoint.Save(Now, _engine.State);
                saved = _position.Iteration;
                _observers.Saved(checkpoint.Path, saved);
            }

            int kept = checkpoint is null ? _position.Iteration : saved;
            throw new TrainingCanceledException(kept, kept > 0 ? checkpoint?.Path : null, error);
        }
    }

    private int LabelledTargetCount => LabelledTarget is null ? 0 : _options.TargetLabelCrops ?? _options.BatchSize;

    private void Step(double rate)
    {
        Crop[] labelled = Draw(_source, _options.BatchSize);
        if (!HasLabelledPixels && labelled[^1].Pass > 0)
        {
            throw NoLabels();
        }

        TrainingBatch batch = new(labelled, _target is null ? [] : Draw(_target, _options.BatchSize), DrawLabelledTarget());
        if (_position.Iteration == 0 && _options.NormalizeFeatures)
        {
            _engine.NormalizeFeatures(batch);
        }

        _engine.Step(batch, rate);
        _position = _position with { Iteration = _position.Iteration + 1, BatchesDrawn = _position.BatchesDrawn + 1, IsRetry = false };
    }

    /// <summary>What is due after a step; returns whether the state was saved.</summary>
    private bool ReportAndSave(TrainingCheckpoint? checkpoint, double rate)
    {
        bool isLast = _position.Iteration == _options.Iterations;
        bool saves = checkpoint is not null && (_position.Iteration % _options.CheckpointInterval == 0 || isLast);
        bool reports = _position.Iteration % _options.ProgressInterval == 0 || isLast;
        if ((saves || isLast || IsEvaluationDue) && _engine.FindDivergence() is { } divergence)
        {
            throw Diverged(divergence, rate);
        }

        if (reports)
        {
            Report(rate);
        }

        StepDone?.Invoke(_position.Iteration);
        Evaluate();
        if (IsDone && !reports)
        {
            Report(rate);
        }

        saves |= checkpoint is not null && IsDone;
        if (saves)
        {
            checkpoint!.Save(Now, _engine.State, keepsEarlier: _options.DivergenceRetries > 0 && !IsDone);
            _observers.Saved(checkpoint.Path, _position.Iteration);
        }

        return saves;
    }

    /// <summary>
    /// Takes back the steps since the checkpoint and lowers the rate. That is saved, so that a training that is broken off now goes on in
    /// the same way. The streams go on from where they are. A state that was gone back to before, in vain, may be finite and past help
    /// all the same, so it is the one before that is taken then.
    /// </summary>
    private void GoBack(TrainingCheckpoint checkpoint, TrainingDivergedException error)
    {
        TrainingPosition last = checkpoint.Read(_options.Iterations) ?? throw error;
        if (last.IsRetry)
        {
            checkpoint.TurnToEarlier();
            last = checkpoint.Read(_options.Iterations) ?? throw error;
        }

        _engine.Iteration = checkpoint.Restore(_engine.Restore);
        _engine.ReadLosses();
        _position = last with
        {
            BatchesDrawn = _position.BatchesDrawn,
            Retries = _position.Retries + 1,
            RateFactor = _position.RateFactor * _options.DivergenceRateFactor,
            IsRetry = true,
        };
        checkpoint.Save(Now, _engine.State);
        Warn?.Invoke(string.Create(
            CultureInfo.InvariantCulture,
            $"{error.Message} Going on after iteration {_position.Iteration} with {_position.RateFactor} of the learning rate "
            + $"({_position.Retries} of {_options.DivergenceRetries} retries)."));
    }

    private bool IsEvaluationDue => _observers.WantSnapshots && _position.Iteration > 0
        && (_position.Iteration % _options.EvaluationInterval == 0 || _position.Iteration == _options.Iterations);

    private void Evaluate()
    {
        if (IsEvaluationDue)
        {
            // What is left is foretold from the pace of the training alone.
            _clock.Stop();
            TrainingSnapshot snapshot = CreateSnapshot?.Invoke(_position.Iteration, Elapsed)
                ?? new TrainingSnapshot(_engine.CopyWeightsTo, _position.Iteration, _options.Iterations, Elapsed);
            _observers.Evaluated(snapshot);
            _clock.Start();
            if (!IsDone)
            {
                _position = _position with { StopReason = snapshot.StopReason };
            }
        }
    }

    private Dictionary<string, string> DescribeTraining()
    {
        Dictionary<string, string> facts = new(CheckpointFacts.Of(_options))
        {
            ["Seed"] = string.Join(", ", new[] { _engine.Seed, _source.Seed }.Concat(Seeds(_target)).Concat(Seeds(LabelledTarget))),
            ["Device"] = _engine.DeviceType.ToString(),
            ["InputNormalization"] = CheckpointFacts.Describe(_engine.Normalization),
        };
        foreach ((string name, string value) in Facts)
        {
            facts[name] = value;
        }

        return facts;
    }

    private Crop[] DrawLabelledTarget()
    {
        if (LabelledTarget is null)
        {
            return [];
        }

        // A stream that was skipped ahead says nothing of the crops before.
        Crop[] crops = Draw(LabelledTarget, LabelledTargetCount);
        return _startsAnew && !LabelledTarget.HasLabelledPixels && crops[^1].Pass > 0
            ? throw new InvalidOperationException(
                "No pixel of the target labels belongs to a class: every value is ignored. Check the label encoding against the masks' "
                + "pixel values.")
            : crops;
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

    private static IEnumerable<long> Seeds(CropStream? stream) => stream is null ? [] : [stream.Seed];

    private static InvalidOperationException NoLabels() => new(
        "No pixel of the source labels belongs to a class: every value is ignored. Check the label encoding against the masks' pixel "
        + "values.");

    private TrainingDivergedException Diverged(string losses, double rate)
    {
        string lowered = _position.Retries == 0
            ? string.Empty
            : string.Create(CultureInfo.InvariantCulture, $" after {_position.Retries} retries that left {_position.RateFactor} of it");
        string goBack = _options.CheckpointDirectory is null
            ? $"With a {nameof(_options.CheckpointDirectory)} and {nameof(_options.DivergenceRetries)} it goes back and on at a lower "
                + "rate by itself"
            : $"The checkpoint is of before: with more {nameof(_options.DivergenceRetries)} than {_options.DivergenceRetries} the "
                + "training goes on from there at a lower rate";
        return new TrainingDivergedException(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The training diverged by iteration {_position.Iteration}: {losses}. Its rate was {rate}, of a "
                + $"{nameof(_options.LearningRate)} of {_options.LearningRate}{lowered}, with "
                + $"{nameof(_options.HeadLearningRateMultiplier)} {_options.HeadLearningRateMultiplier}, "
                + $"{nameof(_options.WarmUpIterations)} {_options.WarmUpIterations}, {nameof(_options.MaxGradientNorm)} "
                + $"{_options.MaxGradientNorm} and {nameof(_options.Precision)} {_options.Precision}. A lower "
                + $"{nameof(_options.LearningRate)} or {nameof(_options.HeadLearningRateMultiplier)}, more "
                + $"{nameof(_options.WarmUpIterations)} or a {nameof(_options.MaxGradientNorm)} may hold it. {goBack}."),
            _position.Iteration);
    }

    private void Report(double rate)
    {
        StepLosses losses = _engine.ReadLosses();
        if (!losses.AreFinite)
        {
            throw Diverged(losses.Describe(), rate);
        }

        int iteration = _position.Iteration;
        TimeSpan elapsed = Elapsed;
        TimeSpan remaining = IsDone ? TimeSpan.Zero : elapsed * ((double)(_options.Iterations - iteration) / iteration);
        int crops = (_options.BatchSize * (_target is null ? 1 : 2)) + LabelledTargetCount;
        double seconds = (elapsed - _reported.Elapsed).TotalSeconds;
        _observers.Progress(new RoadProgress(iteration, _options.Iterations, losses, rate, elapsed, remaining)
        {
            ImagesPerSecond = seconds > 0 ? Math.Max(0, iteration - _reported.Iteration) * crops / seconds : 0,
            ResidentBytes = Environment.WorkingSet,
        });
        _reported = (iteration, elapsed);
    }

    /// <summary>The options' own <see cref="TrainingOptions.Progress"/>.</summary>
    private sealed class ProgressObserver(IProgress<RoadProgress> progress) : CallbackObserver
    {
        public override void Progress(RoadProgress value) => progress.Report(value);
    }
}

using System.Diagnostics;
using System.Globalization;
using Road.Torch.Adaptation;
using Road.Torch.Data;

namespace Road.Torch.Training;

/// <summary>The training loop: batches from two crop streams, the poly schedule, progress and cancellation.</summary>
public sealed class RoadTraining
{
    private readonly RoadEngine engine;
    private readonly RoadTrainingOptions options;
    private readonly CropStream source;
    private readonly CropStream? target;

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

    /// <summary>Trains for as many steps as the options say.</summary>
    /// <param name="log">Receives what the options' own progress receives; null for none.</param>
    /// <param name="evaluate">
    /// Receives the steps done every <see cref="RoadTrainingOptions.EvaluationInterval"/> steps and after the last; the
    /// network may run, but not change. Null for none.
    /// </param>
    /// <exception cref="OperationCanceledException">The options' token was cancelled.</exception>
    /// <exception cref="InvalidOperationException">
    /// The source has no labelled pixel in a whole pass, in all that the training saw, or in what a rival prepares itself with; or the
    /// losses are not finite.
    /// </exception>
    public void Run(IProgress<RoadProgress>? log = null, Action<int>? evaluate = null)
    {
        PolySchedule schedule = new(
            options.LearningRate, options.Iterations, options.PolyPower, Math.Min(options.WarmUpIterations, options.Iterations / 10));
        Stopwatch clock = Stopwatch.StartNew();
        if (options.Rival != RivalMethod.None)
        {
            engine.Prepare(Enumerable.Range(0, options.PreparationCrops).Select(_ =>
            {
                options.CancellationToken.ThrowIfCancellationRequested();
                return new TrainingBatch([source.Next()], []);
            }));
        }

        for (int iteration = 0; iteration < options.Iterations; iteration++)
        {
            options.CancellationToken.ThrowIfCancellationRequested();
            Crop[] labelled = Draw(source, options.BatchSize);
            if (!source.HasLabelledPixels && labelled[^1].Pass > 0)
            {
                throw NoLabels();
            }

            double rate = schedule.Rate(iteration);
            TrainingBatch batch = new(labelled, target is null ? [] : Draw(target, options.BatchSize));
            if (iteration == 0 && options.NormalizeFeatures)
            {
                engine.NormalizeFeatures(batch);
            }

            engine.Step(batch, rate);

            if ((iteration + 1) % options.ProgressInterval == 0 || iteration + 1 == options.Iterations)
            {
                Report(iteration + 1, rate, clock.Elapsed, log);
            }

            if (evaluate is not null && ((iteration + 1) % options.EvaluationInterval == 0 || iteration + 1 == options.Iterations))
            {
                // What is left is foretold from the pace of the training alone.
                clock.Stop();
                evaluate(iteration + 1);
                clock.Start();
            }
        }

        if (!source.HasLabelledPixels)
        {
            throw NoLabels();
        }
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

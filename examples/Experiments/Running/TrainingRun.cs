using Experiments.Definition;
using Experiments.Results;
using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet;
using Road.Torch.Data;
using Road.Torch.Training;

namespace Experiments.Running;

/// <summary>Trains one run, measures it on the way, and gives its result.</summary>
internal sealed class TrainingRun(RunScope scope, RunPlan plan, TestSet test, RunStore store)
{
    private readonly TestSet test = test;
    private readonly RunStore store = store;
    private readonly RunPlan plan = plan;
    private readonly List<CurvePoint> curve = [.. store.ReadCurve(plan.Id)];
    private string device = scope.Device;
    private SemanticSegmentationMetrics? last;
    private IReadOnlyDictionary<string, int>? shown;

    /// <param name="writesMasks">Whether to keep masks of some test images for showing.</param>
    /// <param name="report">Receives the steps done, of how many, and the last score.</param>
    /// <param name="cancellation">Stops the training.</param>
    public RunResult Execute(bool writesMasks, Action<int, int, double?> report, CancellationToken cancellation)
    {
        RoadTrainerOptions options = CreateOptions();
        options.CancellationToken = cancellation;
        options.ProgressInterval = Math.Min(options.ProgressInterval, options.EvaluationInterval);
        options.Observers.Add(new Observer(this, writesMasks, report, cancellation));

        Train(options);
        CurvePoint best = curve.MaxBy(static point => point.MeanIoU)!;
        return new RunResult
        {
            Experiment = scope.Experiment.Name,
            Title = scope.IsTrial ? $"{scope.Experiment.Title} (dry run)" : scope.Experiment.Title,
            Note = scope.IsTrial ? Trial.Note : scope.Experiment.Note,
            Data = scope.Experiment.Data.Title,
            Network = scope.Experiment.Network.Title,
            Name = plan.Name,
            Variant = plan.Variant,
            Sweep = plan.Sweep,
            Seed = plan.Seed,
            Iterations = options.Iterations,
            LastMeanIoU = curve[^1].MeanIoU,
            BestMeanIoU = best.MeanIoU,
            BestIteration = best.Iteration,
            ClassIoU = last!.ClassNames.Zip(last.PerClassIntersectionOverUnion)
                .ToDictionary(static pair => pair.First, static pair => double.IsNaN(pair.Second) ? (double?)null : pair.Second),
            ScoredClasses = scope.Experiment.Data.ScoredClasses,
            Seconds = curve[^1].Seconds,
            Curve = curve,
            ConfusionMatrix = last.ConfusionMatrix,
            Shown = shown,
            Settings = plan.Settings(scope.Experiment),
            Machine = MachineFacts.Read(device),
        };
    }

    private double Score(SemanticSegmentationMetrics metrics) => scope.Experiment.Data.ScoredClasses is { } classes
        ? metrics.MeanIntersectionOverUnionOf(classes)
        : metrics.MeanIntersectionOverUnion;

    private RoadTrainerOptions CreateOptions()
    {
        RoadTrainerOptions options = plan.CreateOptions();
        DataPiece data = scope.Experiment.Data;
        options.Network = scope.Experiment.Network.Factory;
        options.SourceImageSize = plan.Method == Variants.UpperBound ? data.Target.Size : data.Source.Size;
        options.TargetImageSize = data.Target.Size;
        // As the literature does, so that figures compare: every image of a published set has one shape.
        options.ImageFit = ImageFit.Stretch;
        if (scope.IsTrial)
        {
            Trial.Shorten(options, store.RandomWeightsFile);
        }
        else
        {
            options.BackboneWeights = scope.Experiment.Network.OpenWeights(scope.DataRoot);
        }

        // What an evaluation has measured is kept at once, so that no break makes it be measured again.
        options.CheckpointDirectory = store.CheckpointFolder(plan.Id);
        options.CheckpointInterval = Math.Min(options.CheckpointInterval, options.EvaluationInterval);
        return options;
    }

    private void Train(RoadTrainerOptions options)
    {
        MLContext ml = new(plan.Seed) { GpuDeviceId = scope.GpuDeviceId };
        DomainData sourceData = plan.Method == Variants.UpperBound ? scope.Experiment.Data.Target : scope.Experiment.Data.Source;
        IDataView source = sourceData.Load(ml, scope.DataRoot);
        source = ml.Transforms.LoadImages("SourceImage", null, "ImagePath")
            .Append(ml.Transforms.LoadLabelMasks("SourceLabel", null, "LabelPath", sourceData.ReadEncoding(scope.DataRoot)))
            .Fit(source).Transform(source);
        IDataView target = scope.Experiment.Data.Target.Load(ml, scope.DataRoot);
        target = ml.Transforms.LoadImages("TargetImage", null, "ImagePath").Fit(target).Transform(target);
        ml.SemanticSegmentation.Trainers.Road(options).Fit(source, target).Dispose();
    }

    /// <summary>Measures the network on the test set whenever it is handed out, and keeps the curve.</summary>
    private sealed class Observer(TrainingRun run, bool writesMasks, Action<int, int, double?> report, CancellationToken cancellation) : ITrainingObserver
    {
        public string Name => "measurement";

        public bool WantsSnapshots => true;

        public void Started(TrainingStart start) => run.device = start.Device;

        public void Progress(RoadProgress progress) => report(progress.Iteration, progress.Iterations, run.curve.LastOrDefault()?.MeanIoU);

        public void Evaluated(TrainingSnapshot snapshot)
        {
            using RoadTransformer model = ((RoadTrainingSnapshot)snapshot).CreateModel();
            run.last = run.test.Measure(model, cancellation);

            // Points that a run had reached after its last checkpoint are reached again.
            run.curve.RemoveAll(point => point.Iteration >= snapshot.Iteration);
            run.curve.Add(new CurvePoint(snapshot.Iteration, run.Score(run.last), Math.Round(snapshot.Elapsed.TotalSeconds, 1)));
            run.store.WriteCurve(run.plan.Id, run.curve);
            if (writesMasks && snapshot.Iteration == snapshot.Iterations)
            {
                run.shown = run.test.WriteMasks(model, run.store.MaskFolder(run.plan.Id));
            }

            report(snapshot.Iteration, snapshot.Iterations, run.curve[^1].MeanIoU);
        }
    }
}

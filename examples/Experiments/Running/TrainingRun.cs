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
    private readonly TestSet _test = test;
    private readonly RunStore _store = store;
    private readonly RunPlan _plan = plan;
    private readonly List<CurvePoint> _curve = [.. store.ReadCurve(plan.Id)];
    private string _device = scope.Device;
    private SemanticSegmentationMetrics? _last;
    private IReadOnlyDictionary<string, int>? _shown;

    private IReadOnlyList<string>? ScoredClasses => scope.Experiment.Data.ScoredClasses;

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
        CurvePoint best = _curve.MaxBy(static point => point.MeanIoU)!;
        return new RunResult
        {
            Experiment = scope.Experiment.Name,
            Title = scope.IsTrial ? $"{scope.Experiment.Title} (dry run)" : scope.Experiment.Title,
            Note = scope.IsTrial ? Trial.Note : scope.Experiment.Note,
            Data = scope.Experiment.Data.Title,
            Network = scope.Experiment.Network.Title,
            Name = _plan.Name,
            Variant = _plan.Variant,
            Sweep = _plan.Sweep,
            Seed = _plan.Seed,
            Iterations = options.Iterations,
            LastMeanIoU = _curve[^1].MeanIoU,
            BestMeanIoU = best.MeanIoU,
            BestIteration = best.Iteration,
            ClassIoU = _last!.ClassNames.Zip(_last.PerClassIntersectionOverUnion)
                .ToDictionary(static pair => pair.First, static pair => Number(pair.Second)),
            ScoredClasses = ScoredClasses,
            Seconds = _curve[^1].Seconds,
            Curve = _curve,
            ConfusionMatrix = _last.ConfusionMatrix,
            ImageIoU = ImageScores.Of(_last, ScoredClasses),
            WorstImages = ImageScores.FindWorst(_last, ScoredClasses),
            Calibration = CalibrationResult.Of(_last),
            BoundaryMeanIoU = Number((ScoredClasses is { } classes
                ? _last.MeanBoundaryIntersectionOverUnionOf(classes)
                : _last.MeanBoundaryIntersectionOverUnion) ?? double.NaN),
            ClassBoundaryIoU = _last.PerClassBoundaryIntersectionOverUnion is { } boundaries
                ? _last.ClassNames.Zip(boundaries).ToDictionary(static pair => pair.First, static pair => Number(pair.Second))
                : null,
            Shown = _shown,
            Settings = _plan.Settings(scope.Experiment),
            Machine = MachineFacts.Read(_device),
        };
    }

    // JSON has no NaN.
    private static double? Number(double value) => double.IsNaN(value) ? null : value;

    private double Score(SemanticSegmentationMetrics metrics) => ScoredClasses is { } classes
        ? metrics.MeanIntersectionOverUnionOf(classes)
        : metrics.MeanIntersectionOverUnion;

    private RoadTrainerOptions CreateOptions()
    {
        RoadTrainerOptions options = _plan.CreateOptions();
        DataPiece data = scope.Experiment.Data;
        options.Network = scope.Experiment.Network.Factory;
        options.SourceImageSize = _plan.Method == Variants.UpperBound ? data.Target.Size : data.Sources is [var only] ? only.Size : null;
        options.TargetImageSize = data.Target.Size;
        // As the literature does, so that figures compare: every image of a published set has one shape.
        options.ImageFit = ImageFit.Stretch;
        if (scope.IsTrial)
        {
            Trial.Shorten(options, _store.RandomWeightsFile);
        }
        else
        {
            options.BackboneWeights = scope.Experiment.Network.OpenWeights(scope.DataRoot);
        }

        // What an evaluation has measured is kept at once, so that no break makes it be measured again.
        options.CheckpointDirectory = _store.CheckpointFolder(_plan.Id);
        options.CheckpointInterval = Math.Min(options.CheckpointInterval, options.EvaluationInterval);
        return options;
    }

    private void Train(RoadTrainerOptions options)
    {
        MLContext ml = new(_plan.Seed) { GpuDeviceId = scope.GpuDeviceId };
        IReadOnlyList<DomainData> sourceData = _plan.Method == Variants.UpperBound
            ? [scope.Experiment.Data.Target]
            : scope.Experiment.Data.Sources;
        WeightedSource[] sources = [.. sourceData.Select(data => LoadSource(ml, data, isAlone: sourceData.Count == 1))];
        DomainData targetData = scope.Experiment.Data.Target;
        IDataView target = targetData.Load(ml, scope.DataRoot);
        if (_plan.TargetLabels is { } every)
        {
            target = ml.Data.ThinLabels(target, every);
            target = ml.Transforms.LoadLabelMasks(
                "TargetLabel", null, "LabelPath", targetData.ReadEncoding(scope.DataRoot), allowsMissing: true)
                .Fit(target).Transform(target);
            options.TargetLabelColumnName = "TargetLabel";
        }

        target = ml.Transforms.LoadImages("TargetImage", null, "ImagePath").Fit(target).Transform(target);
        ml.SemanticSegmentation.Trainers.Road(options).Fit(sources, target).Dispose();
    }

    /// <summary>Loads images and labels of a source; where it is alone, the options have its size.</summary>
    private WeightedSource LoadSource(MLContext ml, DomainData data, bool isAlone)
    {
        IDataView source = data.Load(ml, scope.DataRoot);
        source = ml.Transforms.LoadImages("SourceImage", null, "ImagePath")
            .Append(ml.Transforms.LoadLabelMasks("SourceLabel", null, "LabelPath", data.ReadEncoding(scope.DataRoot)))
            .Fit(source).Transform(source);
        return new WeightedSource(source, data.Weight)
        {
            ImageSize = isAlone ? null : scope.IsTrial ? Trial.Shrink(data.Size) : data.Size,
        };
    }

    /// <summary>Measures the network on the test set whenever it is handed out, and keeps the curve.</summary>
    private sealed class Observer(TrainingRun run, bool writesMasks, Action<int, int, double?> report, CancellationToken cancellation)
        : ITrainingObserver
    {
        public string Name => "measurement";

        public bool WantsSnapshots => true;

        public void Started(TrainingStart start) => run._device = start.Device;

        public void Progress(RoadProgress progress) => report(progress.Iteration, progress.Iterations, run._curve.LastOrDefault()?.MeanIoU);

        public void Evaluated(TrainingSnapshot snapshot)
        {
            using RoadTransformer model = ((RoadTrainingSnapshot)snapshot).CreateModel();
            run._last = run._test.Measure(model, cancellation);

            // Points that a run had reached after its last checkpoint are reached again.
            run._curve.RemoveAll(point => point.Iteration >= snapshot.Iteration);
            run._curve.Add(new CurvePoint(snapshot.Iteration, run.Score(run._last), Math.Round(snapshot.Elapsed.TotalSeconds, 1)));
            run._store.WriteCurve(run._plan.Id, run._curve);
            if (writesMasks && snapshot.Iteration == snapshot.Iterations)
            {
                run._shown = run._test.WriteMasks(
                    model,
                    ImageScores.FindWorst(run._last, run.ScoredClasses) ?? [],
                    run._store.MaskFolder(run._plan.Id));
            }

            report(snapshot.Iteration, snapshot.Iterations, run._curve[^1].MeanIoU);
        }
    }
}

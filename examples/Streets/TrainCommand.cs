using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Road.Examples.Display;
using Road.MLNet;
using Road.Torch.Training;
using Spectre.Console;

namespace Streets;

/// <summary><c>train</c>: fits the pipeline of the README to the user's data and saves the part that scores.</summary>
internal static class TrainCommand
{
    private const int ShownImages = 4;

    public static void Run(TrainRequest request, Action<RoadTrainerOptions> configure)
    {
        RoadTrainerOptions options = new();
        try
        {
            configure(options);
            foreach (WeightedData source in request.Sources)
            {
                // Of several, each has a size of its own; here it is looked at.
                options.SourceImageSize = source.Size;
            }
        }
        catch (ArgumentException error)
        {
            throw new UsageException(OptionWords.Bare(error), error);
        }

        StreetsDevice device = StreetsDevice.Choose(request.Device);
        TrainingDisplay display = new(
            AnsiConsole.Console, options.Network.Name, writesIterations: false, options.CancellationToken);
        MLContext ml = display.IsLive
            ? StreetsContext.Create(device, request.Seed, line => WriteAbove(display, line), display.Write)
            : StreetsContext.Create(device, request.Seed, Console.WriteLine);
        IDataView[] sources = [.. request.Sources.Select(source => source.Data.LoadLabelled(ml))];
        IDataView target = request.Target.Load(ml);
        if (request.TargetLabels is { } few)
        {
            target = few.Thin(ml, CheckLabels(target));
            options.TargetLabelColumnName = "TargetLabel";
        }


        // What is only looked at is made apart: the seeds of a context depend on what was made in it before.
        MLContext apart = StreetsContext.Create(device, warn: display.IsLive ? display.Write : null);
        IDataView? validation = request.Watch.Measured?.LoadLabelled(apart);
        CheckFiles(request, options, sources, target, validation);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Training on {Counts(request.Sources, sources)}"
            + $"{(request.HasTarget ? $" and {target.GetRowCount()} others{request.Target.LeftOut}" : " alone")}"));
        SnapshotEvaluation? evaluation = Evaluation(apart, request, target, validation, options);
        if (request.Choice is { } choice)
        {
            sources[0] = Judge(ml, choice, request.Sources[0].Data.Encoding(), sources[0], target, evaluation, options);
        }

        Watch(ml, request, evaluation, display, options);

        if (sources.Length > 1 || options.Loading.RareClasses is not null)
        {
            TrainOnViews(ml, request, options, sources, target, display);
            return;
        }

        LabelEncoding labels = request.Sources[0].Data.Encoding();
        IDataView domains = ml.Data.PairDomains(sources[0], target, withTargetLabels: request.TargetLabels is not null);
        EstimatorChain<ITransformer> loading = new EstimatorChain<ITransformer>()
            .Append<ITransformer>(ml.Transforms.LoadImages("TargetImage", null, "TargetImagePath"));
        if (request.TargetLabels is { } targetLabels)
        {
            loading = loading.Append<ITransformer>(
                ml.Transforms.LoadLabelMasks(
                    "TargetLabel", null, "TargetLabelPath", targetLabels.Encoding(), options.MaxPixels, allowsMissing: true),
                TransformerScope.Training);
        }

        EstimatorChain<RoadTransformer> pipeline = loading
            .Append(ml.Transforms.LoadImages("SourceImage", null, "SourceImagePath"), TransformerScope.Training)
            .Append(
                ml.Transforms.LoadLabelMasks("SourceLabel", null, "SourceLabelPath", labels, options.MaxPixels), TransformerScope.Training)
            .Append(ml.SemanticSegmentation.Trainers.Road(options));

        using TransformerChain<RoadTransformer> trained = Fit(() => display.Run(() => pipeline.Fit(domains)), options);
        Save(ml, request, trained.GetModelFor(TransformerScope.Scoring), domains);
    }

    /// <summary>
    /// The same with each domain a view of its own: where sources are mixed, or images are drawn, which repeated rows would be twice as
    /// often.
    /// </summary>
    private static void TrainOnViews(
        MLContext ml, TrainRequest request, RoadTrainerOptions options, IDataView[] sources, IDataView target,
        TrainingDisplay display)
    {
        WeightedSource[] mixed = [.. request.Sources.Zip(sources, (source, files) =>
        {
            IDataView view = ml.Transforms.LoadImages("SourceImage", null, "ImagePath")
                .Append(ml.Transforms.LoadLabelMasks("SourceLabel", null, "LabelPath", source.Data.Encoding(), options.MaxPixels))
                .Fit(files).Transform(files);
            return new WeightedSource(view, source.Weight) { ImageSize = source.Size };
        })];
        IDataView images = ml.Data.AsTargetDomain(target);
        ImageLoadingTransformer loader = ml.Transforms.LoadImages("TargetImage", null, "TargetImagePath").Fit(images);
        IDataView loaded = loader.Transform(images);
        if (request.TargetLabels is { } few)
        {
            loaded = ml.Transforms.LoadLabelMasks("TargetLabel", null, "LabelPath", few.Encoding(), options.MaxPixels, allowsMissing: true)
                .Fit(loaded).Transform(loaded);
        }

        using RoadTransformer trained = Fit(
            () => display.Run(() => ml.SemanticSegmentation.Trainers.Road(options).Fit(mixed, loaded)), options);
        Save(ml, request, new TransformerChain<ITransformer>(loader, trained), images);
    }

    private static void Save(MLContext ml, TrainRequest request, ITransformer model, IDataView input)
    {
        // What the model is to be given, for one who loads it into a PredictionEngine.
        DataViewSchema scored = ml.Transforms.SelectColumns("TargetImagePath").Fit(input).Transform(input).Schema;
        OutputFile.Write(request.Model, stream => ml.Model.Save(model, scored, stream));
        Console.WriteLine($"Saved {request.Model}");
    }

    /// <summary>The log above a panel, which tells of iterations itself.</summary>
    private static void WriteAbove(TrainingDisplay display, string line)
    {
        if (!line.StartsWith("Iteration ", StringComparison.Ordinal))
        {
            display.Write(line);
        }
    }

    /// <summary>What looks at the models on the way; null where nobody asks for it.</summary>
    private static SnapshotEvaluation? Evaluation(
        MLContext ml, TrainRequest request, IDataView target, IDataView? validation, RoadTrainerOptions options)
    {
        if (validation is null && !request.Watch.IsWanted)
        {
            return null;
        }

        IReadOnlyList<string> classes = request.Sources[0].Data.Encoding().ClassNames;
        IDataView images = ml.Data.AsTargetDomain(HeldOutRows.Some(ml, target, ShownImages));
        return new SnapshotEvaluation
        {
            Labelled = validation is null
                ? null
                : Labelled(ml, validation, request.Watch.Measured!.EncodingFor(classes), options),
            Images = request.Watch.IsWanted
                ? ml.Transforms.LoadImages("TargetImage", null, "TargetImagePath").Fit(images).Transform(images)
                : null,
            ImageCount = ShownImages,
        };
    }

    /// <summary>Adds those who write of the training, and the display, last, since it shows what the others have measured.</summary>
    private static void Watch(
        MLContext ml, TrainRequest request, SnapshotEvaluation? evaluation, TrainingDisplay display, RoadTrainerOptions options)
    {
        if (request.Watch.TensorBoard is { } folder)
        {
            options.Observers.Add(new TensorBoardLog(folder) { Evaluation = evaluation });
        }

        if (request.Watch.Report is { } report)
        {
            options.Observers.Add(new TrainingReport(report, ml)
            {
                Evaluation = evaluation,
                Title = $"{Path.GetFileNameWithoutExtension(request.Model)}: training of {options.Network.Name}",
            });
        }

        display.Metric = options.Observers.OfType<KeepBest>().FirstOrDefault()?.Metric
            ?? (request.Watch.Measured is null ? null : evaluation?.MeanIntersectionOverUnion);
        options.Observers.Add(display);
    }

    private static IDataView Labelled(MLContext ml, IDataView files, LabelEncoding encoding, RoadTrainerOptions options)
    {
        IDataView images = InterruptibleRows.Create(ml, ml.Data.AsTargetDomain(files), null, options.CancellationToken);
        return ml.Transforms.LoadImages("TargetImage", null, "TargetImagePath")
            .Append(ml.Transforms.LoadLabelMasks("Label", null, "LabelPath", encoding, options.MaxPixels))
            .Fit(images).Transform(images);
    }

    /// <summary>
    /// Has the models on the way judged as asked for; returns the images of the first source that are left to train on.
    /// </summary>
    private static IDataView Judge(
        MLContext ml, ModelChoice choice, LabelEncoding labels, IDataView source, IDataView target,
        SnapshotEvaluation? evaluation, RoadTrainerOptions options)
    {
        SnapshotMetric metric;
        if (choice.Criterion == ChoiceOptions.Confidence)
        {
            IDataView images = ml.Data.AsTargetDomain(HeldOutRows.Some(ml, target));
            images = ml.Transforms.LoadImages("TargetImage", null, "TargetImagePath").Fit(images).Transform(images);
            metric = ml.SemanticSegmentation.SnapshotMetrics.MeanConfidence(images, cancellationToken: options.CancellationToken);
        }
        else if (choice.Criterion == ChoiceOptions.Target)
        {
            metric = new SnapshotMetric(
                "mean IoU on labelled target images", snapshot => evaluation!.Measure(snapshot)!.MeanIntersectionOverUnion);
        }
        else
        {
            (source, IDataView heldOut) = HeldOutRows.Part(ml, source);
            Console.WriteLine($"Kept {heldOut.GetRowCount()} source images out of the training, to judge its models by");
            metric = ml.SemanticSegmentation.SnapshotMetrics.MeanIntersectionOverUnion(
                Labelled(ml, heldOut, labels, options), name: "mean IoU on source images");
        }

        options.Observers.Add(new KeepBest(metric));
        if (choice.Patience is { } patience)
        {
            options.Observers.Add(new EarlyStopping(metric) { Patience = patience });
        }

        return source;
    }

    private static string Counts(IReadOnlyList<WeightedData> sources, IDataView[] views) => string.Join(" + ", sources.Zip(
        views,
        static (source, view) => string.Create(
            CultureInfo.InvariantCulture, $"{view.GetRowCount()} labelled images{source.Data.LeftOut}")));

    private static IDataView CheckLabels(IDataView target) => target.Schema.GetColumnOrNull("LabelPath") is not null
        ? target
        : throw new InvalidDataException("The target set has no label masks, of which --target-label-share is to take some.");

    private static void CheckFiles(
        TrainRequest request, RoadTrainerOptions options, IDataView[] sources, IDataView target, IDataView? validation)
    {
        FilePlan plan = new();
        foreach ((WeightedData source, IDataView files) in request.Sources.Zip(sources))
        {
            source.Data.AddTo(plan, files);
        }

        request.Target.AddTo(plan, target);
        if (validation is not null)
        {
            request.Watch.Measured!.AddTo(plan, validation);
        }

        if (options.BackboneWeights?.Path is { } weights)
        {
            plan.Read(weights, "--backbone-weights");
        }

        if (request.From is { } from)
        {
            plan.Read(from, "--from");
        }

        plan.Write(request.Model, "--model");
        if (request.Watch.Report is { } report)
        {
            plan.Write(report, "--report");
        }

        if (options.CheckpointDirectory is { } checkpoint)
        {
            plan.Write(Path.Combine(checkpoint, RoadTrainingOptions.CheckpointFileName), "--checkpoint");
        }
    }

    private static T Fit<T>(Func<T> fit, RoadTrainerOptions options)
    {
        try
        {
            return fit();
        }
        catch (OperationCanceledException error)
        {
            int iteration = error is TrainingCanceledException training ? training.Iteration : 0;
            string how = options.CheckpointDirectory is not null ? "go on with the same command"
                : iteration > 0 ? "nothing is kept of it, since there is no --checkpoint"
                : "the same command starts again";
            string where = iteration > 0
                ? string.Create(CultureInfo.InvariantCulture, $"after iteration {iteration}")
                : "before the training began";
            throw new InterruptedException($"Cancelled {where}; {how}", error);
        }
    }
}

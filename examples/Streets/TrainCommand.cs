using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet;
using Road.Torch.Training;

namespace Streets;

/// <summary><c>train</c>: fits the pipeline of the README to the user's data and saves the part that scores.</summary>
internal static class TrainCommand
{
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
            throw new UsageException(error.Message, error);
        }

        MLContext ml = StreetsContext.Create(request.Seed, Console.WriteLine);
        IDataView[] sources = [.. request.Sources.Select(source => source.Data.LoadLabelled(ml))];
        IDataView target = request.Target.Load(ml);
        if (request.TargetLabels is { } few)
        {
            target = few.Thin(ml, CheckLabels(target));
            options.TargetLabelColumnName = "TargetLabel";
        }

        IDataView? validation = request.Choice?.Validation?.LoadLabelled(ml);
        CheckFiles(request, options, sources, target, validation);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Training on {Counts(request.Sources, sources)} and {target.GetRowCount()} others{request.Target.LeftOut}"));
        if (request.Choice is { } choice)
        {
            sources[0] = Judge(ml, choice, request.Sources[0].Data.Encoding(), sources[0], target, validation, options);
        }

        if (sources.Length > 1 || options.Loading.RareClasses is not null)
        {
            TrainOnViews(ml, request, options, sources, target);
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

        using TransformerChain<RoadTransformer> trained = Fit(() => pipeline.Fit(domains), options);
        Save(ml, request, trained.GetModelFor(TransformerScope.Scoring), domains);
    }

    /// <summary>
    /// The same with each domain a view of its own: where sources are mixed, or images are drawn, which repeated rows would be twice as
    /// often.
    /// </summary>
    private static void TrainOnViews(
        MLContext ml, TrainRequest request, RoadTrainerOptions options, IDataView[] sources, IDataView target)
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

        using RoadTransformer trained = Fit(() => ml.SemanticSegmentation.Trainers.Road(options).Fit(mixed, loaded), options);
        Save(ml, request, new TransformerChain<ITransformer>(loader, trained), images);
    }

    private static void Save(MLContext ml, TrainRequest request, ITransformer model, IDataView input)
    {
        // What the model is to be given, for one who loads it into a PredictionEngine.
        DataViewSchema scored = ml.Transforms.SelectColumns("TargetImagePath").Fit(input).Transform(input).Schema;
        OutputFile.Write(request.Model, stream => ml.Model.Save(model, scored, stream));
        Console.WriteLine($"Saved {request.Model}");
    }

    /// <summary>
    /// Has the models on the way judged as asked for; returns the images of the first source that are left to train on.
    /// </summary>
    private static IDataView Judge(
        MLContext ml, ModelChoice choice, LabelEncoding labels, IDataView source, IDataView target, IDataView? validation,
        RoadTrainerOptions options)
    {
        SnapshotMetric metric;
        if (choice.Criterion == ChoiceOptions.Confidence)
        {
            IDataView images = ml.Data.AsTargetDomain(HeldOutRows.Some(ml, target));
            images = ml.Transforms.LoadImages("TargetImage", null, "TargetImagePath").Fit(images).Transform(images);
            metric = ml.SemanticSegmentation.SnapshotMetrics.MeanConfidence(images, cancellationToken: options.CancellationToken);
        }
        else if (choice.Validation is { } data)
        {
            metric = MeanIoU(validation!, data.EncodingFor(labels.ClassNames), "mean IoU on labelled target images");
        }
        else
        {
            (source, IDataView heldOut) = HeldOutRows.Part(ml, source);
            Console.WriteLine($"Kept {heldOut.GetRowCount()} source images out of the training, to judge its models by");
            metric = MeanIoU(heldOut, labels, "mean IoU on source images");
        }

        options.Observers.Add(new KeepBest(metric));
        if (choice.Patience is { } patience)
        {
            options.Observers.Add(new EarlyStopping(metric) { Patience = patience });
        }

        return source;

        SnapshotMetric MeanIoU(IDataView files, LabelEncoding encoding, string name)
        {
            IDataView images = InterruptibleRows.Create(ml, ml.Data.AsTargetDomain(files), null, options.CancellationToken);
            IDataView labelled = ml.Transforms.LoadImages("TargetImage", null, "TargetImagePath")
                .Append(ml.Transforms.LoadLabelMasks("Label", null, "LabelPath", encoding, options.MaxPixels))
                .Fit(images).Transform(images);
            return ml.SemanticSegmentation.SnapshotMetrics.MeanIntersectionOverUnion(labelled, name: name);
        }
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
            request.Choice!.Validation!.AddTo(plan, validation);
        }

        if (options.BackboneWeights?.Path is { } weights)
        {
            plan.Read(weights, "--backbone-weights");
        }

        plan.Write(request.Model, "--model");
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

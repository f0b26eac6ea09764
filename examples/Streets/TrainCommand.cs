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
        }
        catch (ArgumentException error)
        {
            throw new UsageException(error.Message, error);
        }

        MLContext ml = StreetsContext.Create(request.Seed, Console.WriteLine);
        IDataView source = request.Source.LoadLabelled(ml);
        IDataView target = request.Target.Load(ml);
        IDataView? validation = request.Choice?.Validation?.LoadLabelled(ml);
        CheckFiles(request, options, source, target, validation);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Training on {source.GetRowCount()} labelled images{request.Source.LeftOut} and {target.GetRowCount()} "
            + $"others{request.Target.LeftOut}"));

        LabelEncoding labels = request.Source.Encoding();
        if (request.Choice is { } choice)
        {
            source = Judge(ml, choice, labels, source, target, validation, options);
        }

        IDataView domains = ml.Data.PairDomains(source, target);
        EstimatorChain<RoadTransformer> pipeline = new EstimatorChain<ITransformer>()
            .Append(ml.Transforms.LoadImages("TargetImage", null, "TargetImagePath"))
            .Append(ml.Transforms.LoadImages("SourceImage", null, "SourceImagePath"), TransformerScope.Training)
            .Append(
                ml.Transforms.LoadLabelMasks("SourceLabel", null, "SourceLabelPath", labels, options.MaxPixels), TransformerScope.Training)
            .Append(ml.SemanticSegmentation.Trainers.Road(options));

        using TransformerChain<RoadTransformer> trained = Fit(pipeline, domains, options);
        ITransformer model = trained.GetModelFor(TransformerScope.Scoring);

        // What the model is to be given, for one who loads it into a PredictionEngine.
        DataViewSchema scored = ml.Transforms.SelectColumns("TargetImagePath").Fit(domains).Transform(domains).Schema;
        OutputFile.Write(request.Model, stream => ml.Model.Save(model, scored, stream));
        Console.WriteLine($"Saved {request.Model}");
    }

    /// <summary>Has the models on the way judged as asked for; returns the source images that are left to train on.</summary>
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

    private static void CheckFiles(
        TrainRequest request, RoadTrainerOptions options, IDataView source, IDataView target, IDataView? validation)
    {
        FilePlan plan = new();
        request.Source.AddTo(plan, source);
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

    private static TransformerChain<RoadTransformer> Fit(
        EstimatorChain<RoadTransformer> pipeline, IDataView domains, RoadTrainerOptions options)
    {
        try
        {
            return pipeline.Fit(domains);
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

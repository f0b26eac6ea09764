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
        if (request.TargetLabels is { } few)
        {
            target = few.Thin(ml, CheckLabels(target));
            options.TargetLabelColumnName = "TargetLabel";
        }

        CheckFiles(request, options, source, target);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Training on {source.GetRowCount()} labelled images{request.Source.LeftOut} and {target.GetRowCount()} "
            + $"others{request.Target.LeftOut}"));

        LabelEncoding labels = request.Source.Encoding();
        IDataView domains = ml.Data.PairDomains(source, target, withTargetLabels: request.TargetLabels is not null);
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

        using TransformerChain<RoadTransformer> trained = Fit(pipeline, domains, options);
        ITransformer model = trained.GetModelFor(TransformerScope.Scoring);

        // What the model is to be given, for one who loads it into a PredictionEngine.
        DataViewSchema scored = ml.Transforms.SelectColumns("TargetImagePath").Fit(domains).Transform(domains).Schema;
        OutputFile.Write(request.Model, stream => ml.Model.Save(model, scored, stream));
        Console.WriteLine($"Saved {request.Model}");
    }

    private static IDataView CheckLabels(IDataView target) => target.Schema.GetColumnOrNull("LabelPath") is not null
        ? target
        : throw new InvalidDataException("The target set has no label masks, of which --target-label-share is to take some.");

    private static void CheckFiles(TrainRequest request, RoadTrainerOptions options, IDataView source, IDataView target)
    {
        FilePlan plan = new();
        request.Source.AddTo(plan, source);
        request.Target.AddTo(plan, target);
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

using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet;

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

        MLContext ml = new(request.Seed);
        ml.Log += static (_, e) =>
        {
            if (e.Source.StartsWith("Road", StringComparison.Ordinal) && e.Kind != Microsoft.ML.Runtime.ChannelMessageKind.Trace)
            {
                Console.WriteLine(e.RawMessage);
            }
        };

        LabelEncoding labels = request.Source.Encoding();
        IDataView domains = ml.Data.PairDomains(request.Source.LoadLabelled(ml), request.Target.Load(ml));
        EstimatorChain<RoadTransformer> pipeline = new EstimatorChain<ITransformer>()
            .Append(ml.Transforms.LoadImages("TargetImage", null, "TargetImagePath"))
            .Append(ml.Transforms.LoadImages("SourceImage", null, "SourceImagePath"), TransformerScope.Training)
            .Append(ml.Transforms.LoadLabelMasks("SourceLabel", null, "SourceLabelPath", labels, options.MaxPixels), TransformerScope.Training)
            .Append(ml.SemanticSegmentation.Trainers.Road(options));

        using TransformerChain<RoadTransformer> trained = pipeline.Fit(domains);
        ITransformer model = trained.GetModelFor(TransformerScope.Scoring);
        AtomicFile.Write(request.Model, path => ml.Model.Save(model, domains.Schema, path));
        Console.WriteLine($"Saved {request.Model}");
    }
}

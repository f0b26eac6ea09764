using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using QuickStart.Scenes;
using Road.MLNet;

namespace QuickStart.Training;

/// <summary>Trains, saves, reloads and scores one model: the code that a user would write.</summary>
internal sealed class SegmentationRun(SceneFolders folders, int seed)
{
    /// <summary>How many held-out scenes are kept for showing.</summary>
    public const int ShownScenes = 6;

    private static readonly LabelEncoding Labels = SceneClasses.Encoding;

    /// <summary>Trains with the given options.</summary>
    /// <param name="name">How the report calls the run.</param>
    /// <param name="options">The options; an observer is added to them.</param>
    /// <param name="modelPath">Where the model is saved.</param>
    /// <param name="display">Receives the steps done and the losses.</param>
    public RunResult Train(string name, RoadTrainerOptions options, string modelPath, Action<int, string> display)
    {
        var recorder = new LossRecorder(display);
        options.Observers.Add(recorder);
        Stopwatch training = Stopwatch.StartNew();
        Fit(options, modelPath);
        training.Stop();

        Stopwatch scoring = Stopwatch.StartNew();
        SemanticSegmentationMetrics metrics = Score(modelPath, options.CancellationToken, out IReadOnlyList<ShownMask> masks);
        return new RunResult(name, metrics, recorder.Points, masks, training.Elapsed, scoring.Elapsed, modelPath);
    }

    private void Fit(RoadTrainerOptions options, string modelPath)
    {
        var ml = new MLContext(seed);
        IDataView source = ml.Data.LoadSegmentationFolder(folders.SourceImages, folders.SourceLabels);
        IDataView target = ml.Data.LoadSegmentationFolder(folders.TargetImages);
        IDataView domains = ml.Data.PairDomains(source, target);

        var pipeline = new EstimatorChain<ITransformer>()
            .Append(ml.Transforms.LoadImages("TargetImage", null, "TargetImagePath"))
            .Append(ml.Transforms.LoadImages("SourceImage", null, "SourceImagePath"), TransformerScope.Training)
            .Append(ml.Transforms.LoadLabelMasks("SourceLabel", null, "SourceLabelPath", Labels), TransformerScope.Training)
            .Append(ml.SemanticSegmentation.Trainers.Road(options));

        using TransformerChain<RoadTransformer> trained = pipeline.Fit(domains);
        ITransformer model = trained.GetModelFor(TransformerScope.Scoring);
        OutputFile.Write(modelPath, stream => ml.Model.Save(model, ml.Data.AsTargetDomain(target).Schema, stream));
    }

    // A new context knows nothing of the one that trained: all it has is the file.
    private SemanticSegmentationMetrics Score(string modelPath, CancellationToken cancellation, out IReadOnlyList<ShownMask> masks)
    {
        var ml = new MLContext();
        ITransformer model = ml.Model.Load(modelPath, out _);
        using IDisposable? network = model as IDisposable;
        IDataView files = ml.Data.LoadSegmentationFolder(folders.TestImages, folders.TestLabels);
        IDataView photos = ml.Transforms.CopyColumns("TargetImagePath", "ImagePath")
            .Append(ml.Transforms.LoadLabelMasks("Label", null, "LabelPath", Labels))
            .Fit(files).Transform(files);
        masks = Show(model.Transform(ml.Data.TakeRows(photos, ShownScenes)));
        return ml.SemanticSegmentation.Evaluate(InterruptibleRows.Create(ml, model.Transform(photos), null, cancellation));
    }

    private static List<ShownMask> Show(IDataView scored) =>
    [
        .. scored.GetColumn<byte[]>("PredictedLabel").Zip(scored.GetColumn<byte[]>("Label"))
            .Select(static row => new ShownMask(row.First, Accuracy(row.Second, row.First))),
    ];

    // Key 0 marks a pixel that no class claims.
    private static double Accuracy(byte[] truth, byte[] predicted)
    {
        int counted = truth.Count(key => key > 0);
        int right = truth.Zip(predicted).Count(pair => pair.First > 0 && pair.First == pair.Second);
        return counted == 0 ? double.NaN : (double)right / counted;
    }
}

using Experiments.Definition;
using Experiments.Results;
using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet;

namespace Experiments.Running;

/// <summary>The labelled images of the target domain that runs are measured on.</summary>
internal sealed class TestSet
{
    private const int ShownCount = 5;
    private const int ShownWorstCount = 6;
    private const string Confidence = "Confidence";

    private readonly MLContext _ml = new();
    private readonly IDataView _files;
    private readonly IDataView _view;

    public TestSet(RunScope scope)
    {
        DomainData test = scope.Experiment.Data.Test;
        _files = test.Load(_ml, scope.DataRoot);
        _files = scope.IsTrial ? Trial.Take(_ml, _files) : _files;
        _view = _ml.Transforms.LoadImages("TargetImage", null, "ImagePath")
            .Append(_ml.Transforms.LoadLabelMasks("Label", null, "LabelPath", test.ReadEncoding(scope.DataRoot)))
            .Fit(_files).Transform(_files);
    }

    /// <summary>Scores a model on all images, each on its own too, with its outlines and its confidence.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public SemanticSegmentationMetrics Measure(RoadTransformer model, CancellationToken cancellation)
    {
        model.ConfidenceColumnName = Confidence;
        return _ml.SemanticSegmentation.Evaluate(
            InterruptibleRows.Create(_ml, model.Transform(_view), null, cancellation),
            new SemanticSegmentationEvaluationOptions { PerImage = true, Boundaries = true, ConfidenceColumnName = Confidence });
    }

    /// <summary>
    /// Writes the predicted masks of some images in the classes' colours: those that are evenly spread over the set, and the worst.
    /// </summary>
    /// <param name="model">What predicts them.</param>
    /// <param name="worst">The images that it did worst on, the worst first.</param>
    /// <param name="folder">Where they go.</param>
    /// <returns>The evenly spread images' names, and their rows in the set.</returns>
    public IReadOnlyDictionary<string, int> WriteMasks(RoadTransformer model, IReadOnlyList<WorstImage> worst, string folder)
    {
        string[] images = [.. _files.GetColumn<string>("ImagePath")];
        int count = Math.Min(ShownCount, images.Length);
        int[] rows = [.. Enumerable.Range(0, count).Select(i => ((2 * i) + 1) * images.Length / (2 * count))];
        foreach (int row in rows.Union(worst.Take(ShownWorstCount).Select(static image => image.Row)))
        {
            WriteMask(model, row, Path.Combine(folder, Name(row) + ".png"));
        }

        Dictionary<string, int> shown = [];
        foreach (int row in rows)
        {
            shown[Name(row)] = row;
        }

        return shown;

        string Name(int row) => Path.GetFileNameWithoutExtension(images[row]);
    }

    private void WriteMask(RoadTransformer model, int row, string file)
    {
        IDataView scored = model.Transform(Rows.Only(_ml, _view, row));
        using DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema["PredictedMask"]]);
        ValueGetter<MLImage> getMask = cursor.GetGetter<MLImage>(scored.Schema["PredictedMask"]);
        MLImage mask = null!;
        cursor.MoveNext();
        getMask(ref mask);
        using (mask)
        {
            OutputFile.Write(file, stream => MaskPng.Write(stream, mask));
        }
    }
}

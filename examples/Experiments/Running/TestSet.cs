using Experiments.Definition;
using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet;

namespace Experiments.Running;

/// <summary>The labelled images of the target domain that runs are measured on.</summary>
internal sealed class TestSet
{
    private const int ShownCount = 5;

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

    /// <summary>Scores a model on all images.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public SemanticSegmentationMetrics Measure(RoadTransformer model, CancellationToken cancellation) =>
        _ml.SemanticSegmentation.Evaluate(InterruptibleRows.Create(_ml, model.Transform(_view), null, cancellation));

    /// <summary>Writes the predicted masks of some images, evenly spread over the set, in the classes' colours.</summary>
    /// <returns>The images' names, and their rows in the set.</returns>
    public IReadOnlyDictionary<string, int> WriteMasks(RoadTransformer model, string folder)
    {
        string[] images = [.. _files.GetColumn<string>("ImagePath")];
        int count = Math.Min(ShownCount, images.Length);
        int[] rows = [.. Enumerable.Range(0, count).Select(i => ((2 * i) + 1) * images.Length / (2 * count))];
        Dictionary<string, int> shown = [];
        foreach (int row in rows)
        {
            string name = Path.GetFileNameWithoutExtension(images[row]);
            IDataView scored = model.Transform(Rows.Only(_ml, _view, row));
            using DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema["PredictedMask"]]);
            ValueGetter<MLImage> getMask = cursor.GetGetter<MLImage>(scored.Schema["PredictedMask"]);
            MLImage mask = null!;
            cursor.MoveNext();
            getMask(ref mask);
            using (mask)
            {
                OutputFile.Write(Path.Combine(folder, name + ".png"), stream => MaskPng.Write(stream, mask));
            }

            shown[name] = row;
        }

        return shown;
    }
}

using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet.Watching;
using Road.Torch;
using Road.Torch.Training;

namespace Road.MLNet;

/// <summary>
/// Looks at the models of a <see cref="RoadTrainer"/> on the way: measures them on labelled images, and lets them see a few images that
/// stay the same. A <see cref="TensorBoardLog"/>, a <see cref="TrainingReport"/> and a <see cref="KeepBest"/> that share one have each
/// model measured once.
/// </summary>
/// <remarks>
/// To look changes nothing of the training. The seeds of a context depend on what was made in it before: views that are made in another
/// leave a training in it as it was. Who chooses a model by labels of the target domain has trained on them in part:
/// <see cref="SnapshotMetricCatalog"/> says what that means.
/// </remarks>
public sealed class SnapshotEvaluation
{
    private const int LongestSide = 480;
    private const double Opacity = 0.6;
    private const string DefaultConfidenceColumnName = "Confidence";

    // One of its own: what is registered in the training's would move the seeds of what is made there next.
    private readonly MLContext _context = new();
    private readonly WeakReference<TrainingSnapshot?> _measured = new(null);
    private SnapshotResult? _result;

    /// <summary>Creates an evaluation, which looks at nothing until it is told what.</summary>
    public SnapshotEvaluation() =>
        MeanIntersectionOverUnion = new SnapshotMetric("mean IoU", snapshot => Measure(snapshot)?.MeanIntersectionOverUnion
            ?? throw new InvalidOperationException($"The mean IoU needs labels: set {nameof(SnapshotEvaluation)}.{nameof(Labelled)}."));

    /// <summary>
    /// Labelled images, in the trainer's target image column, with the classes that the training has; a few dozen do, since all are scored
    /// at every evaluation. Null, the default, for none: then nothing is measured.
    /// </summary>
    public IDataView? Labelled { get; init; }

    /// <summary>The column of their labels, <c>Vector&lt;Key&lt;byte&gt;&gt;</c>; <c>Label</c> by default.</summary>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public string LabelColumnName
    {
        get;
        init => field = OptionGuard.NotEmpty(value);
    } = "Label";

    /// <summary>Images to show what the model sees in them, in the trainer's target image column; null, the default, for none.</summary>
    public IDataView? Images { get; init; }

    /// <summary>How many of them, the first: 1 to 16, 4 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int ImageCount
    {
        get;
        init => field = OptionGuard.Between(value, 1, 16);
    } = 4;

    /// <summary>The mean IoU on <see cref="Labelled"/>, to keep the best model by, or to stop early.</summary>
    public SnapshotMetric MeanIntersectionOverUnion { get; }

    /// <summary>Measures a model on the way; the last one that was measured is not measured again.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <returns>The metrics on <see cref="Labelled"/>, with calibration; null where there is none.</returns>
    /// <exception cref="InvalidOperationException">The snapshot is not that of a <see cref="RoadTrainer"/>.</exception>
    /// <exception cref="InvalidDataException">An image or a mask cannot be read, or there is nothing labelled.</exception>
    public SemanticSegmentationMetrics? Measure(TrainingSnapshot snapshot) => Look(snapshot).Metrics;

    /// <summary>The same with pictures, which are good until the next snapshot is looked at.</summary>
    internal SnapshotResult Look(TrainingSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        if (_result is not null && _measured.TryGetTarget(out TrainingSnapshot? measured) && ReferenceEquals(measured, snapshot))
        {
            return _result;
        }

        if (snapshot is not RoadTrainingSnapshot models)
        {
            throw new InvalidOperationException($"{nameof(SnapshotEvaluation)} is of models of a {nameof(RoadTrainer)}.");
        }

        using RoadTransformer model = models.CreateModel();
        SemanticSegmentationMetrics? metrics = Labelled is null ? null : Measure(model, Labelled);
        _result?.Free();
        _result = new SnapshotResult(metrics, model.ClassNames, model.ClassColors, Images is null ? [] : Show(model, Images));
        _measured.SetTarget(snapshot);
        return _result;
    }

    private SemanticSegmentationMetrics Measure(RoadTransformer model, IDataView labelled)
    {
        model.ConfidenceColumnName ??= DefaultConfidenceColumnName;
        SemanticSegmentationEvaluationOptions options = new()
        {
            LabelColumnName = LabelColumnName,
            PredictedLabelColumnName = model.PredictedLabelColumnName,
            ConfidenceColumnName = model.ConfidenceColumnName,
        };
        return new SemanticSegmentationEvaluator(_context, options).Evaluate(model.Transform(labelled));
    }

    private List<SnapshotPicture> Show(RoadTransformer model, IDataView images)
    {
        IDataView scored = model.Transform(_context.Data.TakeRows(images, ImageCount));
        DataViewSchema.Column[] columns =
        [
            scored.Schema[model.ImageColumnName], scored.Schema[model.PredictedLabelColumnName],
            scored.Schema[model.PredictedLabelColumnName + "Size"],
        ];
        IReadOnlyList<RgbColor> colors = model.ClassColors;
        List<SnapshotPicture> pictures = [];
        using DataViewRowCursor cursor = scored.GetRowCursor(columns);
        ValueGetter<MLImage> getImage = cursor.GetGetter<MLImage>(columns[0]);
        ValueGetter<VBuffer<byte>> getLabel = cursor.GetGetter<VBuffer<byte>>(columns[1]);
        ValueGetter<VBuffer<int>> getSize = cursor.GetGetter<VBuffer<int>>(columns[2]);
        MLImage image = null!;
        VBuffer<byte> label = default;
        VBuffer<int> size = default;
        while (cursor.MoveNext())
        {
            getLabel(ref label);
            getSize(ref size);
            getImage(ref image);
            LabelMask mask = LabelMask.From(label, size);

            // A photo that lies on its side in its file stands upright in its mask.
            bool fits = (image.Width, image.Height) == (mask.Width, mask.Height);
            using MLImage overlay = fits
                ? SegmentationDrawing.Overlay(image, mask, colors, Opacity)
                : SegmentationDrawing.Paint(mask, colors);
            pictures.Add(new SnapshotPicture(Shrink(image), Shrink(overlay)));
        }

        return pictures;
    }

    private static MLImage Shrink(MLImage image)
    {
        double scale = Math.Min(1, (double)LongestSide / Math.Max(image.Width, image.Height));
        return SegmentationDrawing.Resize(image, Math.Max(1, (int)(image.Width * scale)), Math.Max(1, (int)(image.Height * scale)));
    }
}

using Microsoft.ML;
using Road.Torch;
using Road.Torch.Data;

namespace Road.MLNet;

/// <summary>Semantic segmentation: a class for every pixel of an image. Reach it as <c>ml.SemanticSegmentation</c>.</summary>
public sealed class SemanticSegmentationCatalog
{
    internal SemanticSegmentationCatalog(MLContext context)
    {
        Context = context;
        Trainers = new SemanticSegmentationTrainers(context);
        SnapshotMetrics = new SnapshotMetricCatalog(context);
    }

    /// <summary>The trainers of semantic segmentation.</summary>
    public SemanticSegmentationTrainers Trainers { get; }

    /// <summary>What models in the middle of their training are judged by, to keep the best or to stop early.</summary>
    public SnapshotMetricCatalog SnapshotMetrics { get; }

    /// <summary>
    /// The whole chain from paths to a model, in one call: images and label masks are loaded for the training, and the model needs the
    /// paths of target images alone.
    /// </summary>
    /// <param name="labels">What the values of the label masks mean.</param>
    /// <param name="options">What the training can be told; null for the defaults.</param>
    /// <returns>The estimator.</returns>
    public SegmentationPipeline Pipeline(LabelEncoding labels, RoadTrainerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(labels);
        return new SegmentationPipeline(Context, labels, options ?? new RoadTrainerOptions());
    }

    /// <summary>
    /// Measures predicted masks against labels: one confusion matrix over all rows, pixels whose label is ignored left
    /// out. Masks are never scaled; a label and a prediction of different sizes are an error.
    /// </summary>
    /// <param name="data">A scored view with both columns, <c>Vector&lt;Key&lt;byte&gt;&gt;</c>, with the same class names.</param>
    /// <param name="labelColumnName">The column of labels.</param>
    /// <param name="predictedLabelColumnName">The column of predictions.</param>
    /// <param name="badImages">
    /// What happens to a row whose image or mask cannot be read: it ends the evaluation, or is left out and counted in
    /// <see cref="SemanticSegmentationMetrics.Skipped"/>. A mask of another size than its image is an error either way.
    /// </param>
    /// <returns>The metrics.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or holds something else.</exception>
    /// <exception cref="ArgumentException">A column has no class names, or the two have different ones.</exception>
    /// <exception cref="InvalidDataException">
    /// A row's label and prediction differ in size, or a labelled pixel has no prediction (the message names the row), or
    /// there is no row or no labelled pixel; or an image or a mask cannot be read.
    /// </exception>
    /// <exception cref="IOException">The file of an image or a mask is missing or cannot be read.</exception>
    public SemanticSegmentationMetrics Evaluate(
        IDataView data,
        string labelColumnName = "Label",
        string predictedLabelColumnName = "PredictedLabel",
        BadSamplePolicy badImages = BadSamplePolicy.Stop)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentException.ThrowIfNullOrWhiteSpace(labelColumnName);
        ArgumentException.ThrowIfNullOrWhiteSpace(predictedLabelColumnName);
        OptionGuard.Defined(badImages, nameof(badImages));
        return Evaluate(data, new SemanticSegmentationEvaluationOptions
        {
            LabelColumnName = labelColumnName,
            PredictedLabelColumnName = predictedLabelColumnName,
            BadImages = badImages,
        });
    }

    /// <summary>
    /// Measures predicted masks against labels as the options say: with them each image on its own, outlines, and how far the model's
    /// confidence can be believed. Rows are read one by one and not kept. Masks are never scaled; a label and a prediction of different
    /// sizes are an error.
    /// </summary>
    /// <param name="data">A scored view with the columns that the options name.</param>
    /// <param name="options">What is read and measured.</param>
    /// <returns>The metrics.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or holds something else.</exception>
    /// <exception cref="ArgumentException">
    /// A column of masks has no class names, or the two have different ones; or outlines are wanted, and masks have no column of sizes.
    /// </exception>
    /// <exception cref="InvalidDataException">
    /// A row's label, prediction and confidences differ in size, or a labelled pixel has no prediction or a confidence that is none (the
    /// message names the row), or there is no row or no labelled pixel; or an image or a mask cannot be read.
    /// </exception>
    /// <exception cref="IOException">The file of an image or a mask is missing or cannot be read.</exception>
    public SemanticSegmentationMetrics Evaluate(IDataView data, SemanticSegmentationEvaluationOptions options)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        return new SemanticSegmentationEvaluator(Context, options).Evaluate(data);
    }

    /// <summary>The context that the catalog belongs to.</summary>
    internal MLContext Context { get; }
}

using Microsoft.ML;

namespace Road.MLNet;

/// <summary>Semantic segmentation: a class for every pixel of an image. Reach it as <c>ml.SemanticSegmentation</c>.</summary>
public sealed class SemanticSegmentationCatalog
{
    internal SemanticSegmentationCatalog(MLContext context)
    {
        Context = context;
        Trainers = new SemanticSegmentationTrainers(context);
    }

    /// <summary>The trainers of semantic segmentation.</summary>
    public SemanticSegmentationTrainers Trainers { get; }

    /// <summary>
    /// Measures predicted masks against labels: one confusion matrix over all rows, pixels whose label is ignored left
    /// out. Masks are never scaled; a label and a prediction of different sizes are an error.
    /// </summary>
    /// <param name="data">A scored view with both columns, <c>Vector&lt;Key&lt;byte&gt;&gt;</c>, with the same class names.</param>
    /// <param name="labelColumnName">The column of labels.</param>
    /// <param name="predictedLabelColumnName">The column of predictions.</param>
    /// <returns>The metrics.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or holds something else.</exception>
    /// <exception cref="ArgumentException">A column has no class names, or the two have different ones.</exception>
    /// <exception cref="InvalidDataException">
    /// A row's label and prediction differ in size, or a labelled pixel has no prediction (the message names the row), or
    /// there is no row or no labelled pixel.
    /// </exception>
    public SemanticSegmentationMetrics Evaluate(
        IDataView data, string labelColumnName = "Label", string predictedLabelColumnName = "PredictedLabel")
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentException.ThrowIfNullOrWhiteSpace(labelColumnName);
        ArgumentException.ThrowIfNullOrWhiteSpace(predictedLabelColumnName);
        return new SemanticSegmentationEvaluator(Context, labelColumnName, predictedLabelColumnName).Evaluate(data);
    }

    /// <summary>The context that the catalog belongs to.</summary>
    internal MLContext Context { get; }
}

using Road.Torch;
using Road.Torch.Data;
using Road.Torch.Metrics;

namespace Road.MLNet;

/// <summary>
/// What <see cref="SemanticSegmentationCatalog"/>'s <c>Evaluate</c> reads and measures. By default it measures what the confusion matrix of
/// the whole set gives; the rest is asked for.
/// </summary>
public sealed class SemanticSegmentationEvaluationOptions
{
    /// <summary>The column of labels, <c>Vector&lt;Key&lt;byte&gt;&gt;</c>; <c>Label</c> by default.</summary>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public string LabelColumnName
    {
        get;
        set => field = OptionGuard.NotEmpty(value);
    } = "Label";

    /// <summary>The column of predictions, <c>Vector&lt;Key&lt;byte&gt;&gt;</c>; <c>PredictedLabel</c> by default.</summary>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public string PredictedLabelColumnName
    {
        get;
        set => field = OptionGuard.NotEmpty(value);
    } = "PredictedLabel";

    /// <summary>
    /// What happens to a row whose image or mask cannot be read: it ends the evaluation (the default), or is left out and counted in
    /// <see cref="SemanticSegmentationMetrics.Skipped"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not one of the enumeration's.</exception>
    public BadSamplePolicy BadImages
    {
        get;
        set => field = OptionGuard.Defined(value);
    }

    /// <summary>
    /// Whether each image is measured on its own too, see <see cref="SemanticSegmentationMetrics.Images"/>; false by default. It costs no
    /// time to speak of, but keeps about a kilobyte for each image, where all else takes the same memory for any number.
    /// </summary>
    public bool PerImage { get; set; }

    /// <summary>
    /// The column of confidences, <c>Vector&lt;float&gt;</c>, by which calibration is measured, see
    /// <see cref="SemanticSegmentationMetrics.ExpectedCalibrationError"/>: H x W largest class probabilities, as
    /// <see cref="RoadTransformer.ConfidenceColumnName"/> names, or K x H x W probabilities, as
    /// <see cref="RoadTransformer.ScoreColumnName"/> names. Null (the default) for none.
    /// </summary>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public string? ConfidenceColumnName
    {
        get;
        set => field = value is null ? null : OptionGuard.NotEmpty(value);
    }

    /// <summary>The number of bins of the reliability diagram, 1 to 1000; 15 by default, after Guo et al. (ICML 2017).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int CalibrationBins
    {
        get;
        set => field = OptionGuard.Between(value, 1, 1000);
    } = ReliabilityDiagram.DefaultBinCount;

    /// <summary>
    /// Whether outlines are measured too, see <see cref="SemanticSegmentationMetrics.MeanBoundaryIntersectionOverUnion"/>; false by
    /// default. It takes passes over the masks, whose number grows with the band's logarithm.
    /// </summary>
    public bool Boundaries { get; set; }

    /// <summary>
    /// The width of the bands along outlines as a share of an image's diagonal: above 0, at most 0.5; 0.02 by default, after Cheng et al.
    /// (CVPR 2021).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double BoundaryWidth
    {
        get;
        set => field = OptionGuard.PositiveUpTo(value, 0.5);
    } = BoundaryIntersectionOverUnion.DefaultWidth;
}

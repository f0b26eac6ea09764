using System.Globalization;
using Road.Torch.Data;
using Road.Torch.Metrics;

namespace Road.MLNet;

/// <summary>
/// How well predicted masks agree with the truth, from one confusion matrix over the whole set, and where it was asked for image by image,
/// along outlines, and how far the model's confidence can be believed. Pixels whose truth is ignored count nowhere. All scores are 0 to 1.
/// </summary>
public sealed class SemanticSegmentationMetrics
{
    private readonly ConfusionMatrix _matrix;

    internal SemanticSegmentationMetrics(
        IReadOnlyList<string> classNames,
        ConfusionMatrix matrix,
        int imageCount,
        SkippedSamples skipped,
        long ignoredPixelCount,
        MetricDetails? details = null)
    {
        ImageCount = imageCount;
        Skipped = skipped;
        IgnoredPixelCount = ignoredPixelCount;
        IgnoredPixelShare = 1 - ((double)matrix.PixelCount / (matrix.PixelCount + ignoredPixelCount));
        _matrix = matrix;
        ClassNames = [.. classNames];
        PerClassIntersectionOverUnion = matrix.PerClassIntersectionOverUnion;
        MeanIntersectionOverUnion = matrix.MeanIntersectionOverUnion;
        PixelAccuracy = matrix.PixelAccuracy;
        MeanPixelAccuracy = matrix.MeanPixelAccuracy;
        FrequencyWeightedIntersectionOverUnion = matrix.FrequencyWeightedIntersectionOverUnion;
        ConfusionMatrix = [.. Enumerable.Range(0, matrix.ClassCount).Select(truth =>
            (IReadOnlyList<long>)[.. Enumerable.Range(0, matrix.ClassCount).Select(predicted => matrix[truth, predicted])])];
        Images = details?.Images;
        ImageSpread = Images is null ? null : new ScoreDistribution(Images.Select(static image => image.MeanIntersectionOverUnion));
        ReliabilityBins = details?.Calibration?.Bins;
        ExpectedCalibrationError = details?.Calibration?.ExpectedCalibrationError;
        MaximumCalibrationError = details?.Calibration?.MaximumCalibrationError;
        MeanConfidence = details?.Calibration?.MeanConfidence;
        PerClassBoundaryIntersectionOverUnion = details?.Boundaries?.PerClass;
        MeanBoundaryIntersectionOverUnion = details?.Boundaries?.Mean;
    }

    /// <summary>How many images were scored.</summary>
    public int ImageCount { get; }

    /// <summary>The images that were left out since they or their masks cannot be read.</summary>
    public SkippedSamples Skipped { get; }

    /// <summary>How many of the masks' pixels count nowhere; the others are those of <see cref="ConfusionMatrix"/>.</summary>
    public long IgnoredPixelCount { get; }

    /// <summary>
    /// The share of the masks' pixels that count nowhere, since no class claims their value, or it is ignored. Much of it may mean classes
    /// that do not fit the masks.
    /// </summary>
    public double IgnoredPixelShare { get; }

    /// <summary>The names of the classes, in the order of all values here.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>
    /// The mean of <see cref="PerClassIntersectionOverUnion"/> over the classes that occur in the truth or the
    /// prediction: mIoU. A class that occurs but is never right counts 0.
    /// </summary>
    public double MeanIntersectionOverUnion { get; }

    /// <summary>
    /// For each class, the pixels that truth and prediction both give it, over those that either gives it; NaN where
    /// neither does.
    /// </summary>
    public IReadOnlyList<double> PerClassIntersectionOverUnion { get; }

    /// <summary>The share of pixels whose class is right.</summary>
    public double PixelAccuracy { get; }

    /// <summary>The mean, over the classes in the truth, of the share of their pixels that is right.</summary>
    public double MeanPixelAccuracy { get; }

    /// <summary>The mean of <see cref="PerClassIntersectionOverUnion"/>, each class weighted by its share of the true pixels.</summary>
    public double FrequencyWeightedIntersectionOverUnion { get; }

    /// <summary>Counts of pixels, K x K: <c>ConfusionMatrix[truth][predicted]</c>.</summary>
    public IReadOnlyList<IReadOnlyList<long>> ConfusionMatrix { get; }

    /// <summary>
    /// The metrics of each image, in the rows' order, those that were left out not among them; null unless
    /// <see cref="SemanticSegmentationEvaluationOptions.PerImage"/> asked for them.
    /// </summary>
    public IReadOnlyList<ImageMetrics>? Images { get; }

    /// <summary>
    /// How <see cref="ImageMetrics.MeanIntersectionOverUnion"/> spreads over the images that have one; null where <see cref="Images"/> is.
    /// Its mean is another number than <see cref="MeanIntersectionOverUnion"/>, which counts the pixels of all images together.
    /// </summary>
    public ScoreDistribution? ImageSpread { get; }

    /// <summary>
    /// The reliability diagram (Guo et al., ICML 2017): labelled pixels by their confidence, and how many of each bin are right; null
    /// unless <see cref="SemanticSegmentationEvaluationOptions.ConfidenceColumnName"/> named a column.
    /// </summary>
    public IReadOnlyList<ReliabilityBin>? ReliabilityBins { get; }

    /// <summary>
    /// The mean distance between confidence and accuracy over the bins, each weighted by its share of the pixels; null where
    /// <see cref="ReliabilityBins"/> is.
    /// </summary>
    public double? ExpectedCalibrationError { get; }

    /// <summary>The largest distance between confidence and accuracy of a bin; null where <see cref="ReliabilityBins"/> is.</summary>
    public double? MaximumCalibrationError { get; }

    /// <summary>
    /// The mean confidence of labelled pixels; above <see cref="PixelAccuracy"/>, the model believes itself too much. Null where
    /// <see cref="ReliabilityBins"/> is.
    /// </summary>
    public double? MeanConfidence { get; }

    /// <summary>
    /// The mean of <see cref="PerClassBoundaryIntersectionOverUnion"/> over the classes that occur; null unless
    /// <see cref="SemanticSegmentationEvaluationOptions.Boundaries"/> asked for it.
    /// </summary>
    public double? MeanBoundaryIntersectionOverUnion { get; }

    /// <summary>
    /// For each class the boundary IoU (Cheng et al., CVPR 2021): the IoU of the bands along the outlines of true and predicted mask, as
    /// <see cref="BoundaryIntersectionOverUnion"/> says, NaN where the class occurs in neither; null where
    /// <see cref="MeanBoundaryIntersectionOverUnion"/> is.
    /// </summary>
    public IReadOnlyList<double>? PerClassBoundaryIntersectionOverUnion { get; }

    /// <summary>mIoU, pixel accuracy and the number of images, in one line of invariant text.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"mIoU {MeanIntersectionOverUnion:F3}, pixel accuracy {PixelAccuracy:F3}, {ImageCount} image{(ImageCount == 1 ? "" : "s")}");

    /// <summary>
    /// The confusion matrix as text to be read in a monospaced font: a row for each true class, a column for each predicted one with the
    /// share of the row's pixels in per cent, and behind them the recall and the IoU of the row's class. Classes that occur nowhere are
    /// left out.
    /// </summary>
    /// <returns>The lines, each with its end.</returns>
    public string GetFormattedConfusionTable() => ConfusionTable.Format(ClassNames, ConfusionMatrix, PerClassIntersectionOverUnion);

    /// <summary>
    /// The mean of <see cref="PerClassIntersectionOverUnion"/> over some of the classes, such as the 16 or 13 by which
    /// SYNTHIA is compared.
    /// </summary>
    /// <param name="classNames">Names of classes, each once; those that occur nowhere are left out of the mean.</param>
    /// <returns>The mean; NaN where none of the classes occurs.</returns>
    /// <exception cref="ArgumentException">A name is not that of a class or is given twice, or there is none.</exception>
    public double MeanIntersectionOverUnionOf(IEnumerable<string> classNames)
    {
        ArgumentNullException.ThrowIfNull(classNames);
        return _matrix.MeanIntersectionOverUnionOf(ClassSubset.Indices(ClassNames, classNames));
    }

    /// <summary>The mean of <see cref="PerClassBoundaryIntersectionOverUnion"/> over some of the classes.</summary>
    /// <param name="classNames">Names of classes, each once; those that occur nowhere are left out of the mean.</param>
    /// <returns>The mean; NaN where none of the classes occurs, null where outlines were not measured.</returns>
    /// <exception cref="ArgumentException">A name is not that of a class or is given twice, or there is none.</exception>
    public double? MeanBoundaryIntersectionOverUnionOf(IEnumerable<string> classNames)
    {
        ArgumentNullException.ThrowIfNull(classNames);
        IReadOnlyList<int> indices = ClassSubset.Indices(ClassNames, classNames);
        return PerClassBoundaryIntersectionOverUnion is { } values ? ClassMean.Of(values, indices) : null;
    }

    /// <summary>
    /// The metrics by wider classes, from the same counts: rows and columns of the confusion matrix are added up, so that
    /// taking one class of a group for another is no fault. Such as <see cref="CityscapesClasses.ToCamVid"/>. Images are merged too; what
    /// such counts do not tell, calibration and outlines, is null afterwards.
    /// </summary>
    /// <param name="classToGroup">The name of the group of every class; groups come in the order of their first class here.</param>
    /// <returns>The metrics with a class for each group.</returns>
    /// <exception cref="ArgumentException">A class has no group, or the map names another class.</exception>
    public SemanticSegmentationMetrics MergeClasses(IReadOnlyDictionary<string, string> classToGroup)
    {
        ArgumentNullException.ThrowIfNull(classToGroup);
        string list = string.Join(", ", ClassNames);
        if (classToGroup.Keys.Except(ClassNames).FirstOrDefault() is { } unknown)
        {
            throw new ArgumentException($"There is no class '{unknown}'; the classes are {list}.", nameof(classToGroup));
        }

        if (ClassNames.Except(classToGroup.Keys).FirstOrDefault() is { } missing)
        {
            throw new ArgumentException($"The class '{missing}' has no group; every one of {list} must have one.", nameof(classToGroup));
        }

        string[] groups = [.. ClassNames.Select(name => classToGroup[name]).Distinct()];
        int[] places = [.. ClassNames.Select(name => Array.IndexOf(groups, classToGroup[name]))];
        return new SemanticSegmentationMetrics(
            groups,
            _matrix.MergeClasses(places),
            ImageCount,
            Skipped,
            IgnoredPixelCount,
            new MetricDetails(Images is null ? null : [.. Images.Select(image => image.MergeClasses(groups, places))]));
    }
}

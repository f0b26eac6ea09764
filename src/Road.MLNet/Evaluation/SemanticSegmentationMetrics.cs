using Road.Torch.Data;
using Road.Torch.Metrics;

namespace Road.MLNet;

/// <summary>
/// How well predicted masks agree with the truth, from one confusion matrix over the whole set. Pixels whose truth is
/// ignored count nowhere. All values but <see cref="ConfusionMatrix"/> are 0 to 1.
/// </summary>
public sealed class SemanticSegmentationMetrics
{
    private readonly ConfusionMatrix _matrix;

    internal SemanticSegmentationMetrics(
        IReadOnlyList<string> classNames, ConfusionMatrix matrix, int imageCount, SkippedSamples skipped, double ignoredPixelShare)
    {
        ImageCount = imageCount;
        Skipped = skipped;
        IgnoredPixelShare = ignoredPixelShare;
        _matrix = matrix;
        ClassNames = [.. classNames];
        PerClassIntersectionOverUnion = matrix.PerClassIntersectionOverUnion;
        MeanIntersectionOverUnion = matrix.MeanIntersectionOverUnion;
        PixelAccuracy = matrix.PixelAccuracy;
        MeanPixelAccuracy = matrix.MeanPixelAccuracy;
        FrequencyWeightedIntersectionOverUnion = matrix.FrequencyWeightedIntersectionOverUnion;
        ConfusionMatrix = [.. Enumerable.Range(0, matrix.ClassCount).Select(truth =>
            (IReadOnlyList<long>)[.. Enumerable.Range(0, matrix.ClassCount).Select(predicted => matrix[truth, predicted])])];
    }

    /// <summary>How many images were scored.</summary>
    public int ImageCount { get; }

    /// <summary>The images that were left out since they or their masks cannot be read.</summary>
    public SkippedSamples Skipped { get; }

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
    /// The mean of <see cref="PerClassIntersectionOverUnion"/> over some of the classes, such as the 16 or 13 by which
    /// SYNTHIA is compared.
    /// </summary>
    /// <param name="classNames">Names of classes, each once; those that occur nowhere are left out of the mean.</param>
    /// <returns>The mean; NaN where none of the classes occurs.</returns>
    /// <exception cref="ArgumentException">A name is not that of a class or is given twice, or there is none.</exception>
    public double MeanIntersectionOverUnionOf(IEnumerable<string> classNames)
    {
        ArgumentNullException.ThrowIfNull(classNames);
        var indices = new List<int>();
        foreach (string name in classNames)
        {
            int index = ClassNames.TakeWhile(other => other != name).Count();
            if (index == ClassNames.Count)
            {
                throw new ArgumentException(
                    $"There is no class '{name}'; the classes are {string.Join(", ", ClassNames)}.", nameof(classNames));
            }

            if (indices.Contains(index))
            {
                throw new ArgumentException($"The class '{name}' is given twice.", nameof(classNames));
            }

            indices.Add(index);
        }

        return indices.Count > 0
            ? _matrix.MeanIntersectionOverUnionOf(indices)
            : throw new ArgumentException("At least one class must be given.", nameof(classNames));
    }

    /// <summary>
    /// The metrics by wider classes, from the same counts: rows and columns of the confusion matrix are added up, so that
    /// taking one class of a group for another is no fault. Such as <see cref="CityscapesClasses.ToCamVid"/>.
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
        return new SemanticSegmentationMetrics(
            groups,
            _matrix.MergeClasses([.. ClassNames.Select(name => Array.IndexOf(groups, classToGroup[name]))]),
            ImageCount,
            Skipped,
            IgnoredPixelShare);
    }
}

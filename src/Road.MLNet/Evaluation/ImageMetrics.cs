using Road.Torch.Metrics;

namespace Road.MLNet;

/// <summary>How well one image's predicted mask agrees with its label. Pixels whose truth is ignored count nowhere.</summary>
public sealed class ImageMetrics
{
    // A few of the K x K counts of an image are not 0; only they are kept.
    private readonly (byte Truth, byte Predicted, long Count)[] _counts;

    internal ImageMetrics(int row, IReadOnlyDictionary<string, string> texts, IReadOnlyList<string> classNames, ConfusionMatrix matrix)
    {
        Row = row;
        Texts = texts;
        ClassNames = classNames;
        PixelCount = matrix.PixelCount;
        PerClassIntersectionOverUnion = matrix.PerClassIntersectionOverUnion;
        MeanIntersectionOverUnion = matrix.MeanIntersectionOverUnion;
        _counts = [.. from truth in Enumerable.Range(0, matrix.ClassCount)
                      from predicted in Enumerable.Range(0, matrix.ClassCount)
                      where matrix[truth, predicted] > 0
                      select ((byte)truth, (byte)predicted, matrix[truth, predicted])];
    }

    /// <summary>The number of the row in the evaluated view, from 0.</summary>
    public int Row { get; }

    /// <summary>The row's texts by the names of their columns, such as the paths of the image and of the label mask.</summary>
    public IReadOnlyDictionary<string, string> Texts { get; }

    /// <summary>The names of the classes, in the order of all values here.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>The number of labelled pixels.</summary>
    public long PixelCount { get; }

    /// <summary>
    /// The mean of <see cref="PerClassIntersectionOverUnion"/> over the classes that occur in the image's label or in its prediction, 0 to
    /// 1; NaN where no pixel is labelled. One wrong pixel of a class that is not in the label pulls it down by a class's share.
    /// </summary>
    public double MeanIntersectionOverUnion { get; }

    /// <summary>
    /// For each class, the pixels that truth and prediction both give it, over those that either gives it, 0 to 1; NaN where neither does.
    /// </summary>
    public IReadOnlyList<double> PerClassIntersectionOverUnion { get; }

    /// <summary>The mean of <see cref="PerClassIntersectionOverUnion"/> over some of the classes.</summary>
    /// <param name="classNames">Names of classes, each once; those that do not occur in the image are left out of the mean.</param>
    /// <returns>The mean; NaN where none of the classes occurs.</returns>
    /// <exception cref="ArgumentException">A name is not that of a class or is given twice, or there is none.</exception>
    public double MeanIntersectionOverUnionOf(IEnumerable<string> classNames) =>
        ClassMean.Of(PerClassIntersectionOverUnion, ClassSubset.Indices(ClassNames, classNames));

    /// <summary>What was taken for what: the confusions of most pixels first, of as many the first class first.</summary>
    /// <param name="count">The most to give, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is less than 1.</exception>
    public IReadOnlyList<ClassConfusion> FindConfusions(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return
        [
            .. _counts.Where(static entry => entry.Truth != entry.Predicted)
                .OrderByDescending(static entry => entry.Count)
                .Take(count)
                .Select(entry => new ClassConfusion(
                    ClassNames[entry.Truth], ClassNames[entry.Predicted], entry.Count, (double)entry.Count / PixelCount)),
        ];
    }

    /// <summary>The metrics by wider classes.</summary>
    internal ImageMetrics MergeClasses(IReadOnlyList<string> names, IReadOnlyList<int> groups)
    {
        ConfusionMatrix merged = new(names.Count);
        foreach ((byte truth, byte predicted, long count) in _counts)
        {
            merged.Add(groups[truth], groups[predicted], count);
        }

        return new ImageMetrics(Row, Texts, names, merged);
    }
}

using System.Buffers;

namespace Road.Torch.Metrics;

/// <summary>
/// Counts of pixels by true and predicted class, gathered over a whole set, and the segmentation metrics that follow
/// from them. Adding is not safe from several threads; give each its own matrix and <see cref="Merge"/> them.
/// </summary>
public sealed class ConfusionMatrix
{
    /// <summary>The true value of pixels that count nowhere.</summary>
    public const byte Ignored = 255;

    private const int ByteValues = 256;

    private readonly long[,] _counts;

    /// <summary>Creates an empty matrix.</summary>
    /// <param name="classCount">The number of classes, K: 1 to 255.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="classCount"/> is outside that range.</exception>
    public ConfusionMatrix(int classCount)
    {
        if (classCount is < 1 or > Ignored)
        {
            throw new ArgumentOutOfRangeException(nameof(classCount), classCount, "The number of classes must be 1 to 255.");
        }

        ClassCount = classCount;
        _counts = new long[classCount, classCount];
    }

    /// <summary>The number of classes, K.</summary>
    public int ClassCount { get; }

    /// <summary>The number of pixels counted; ignored ones are not.</summary>
    public long PixelCount { get; private set; }

    /// <summary>The share of pixels whose class is right, 0 to 1; NaN without pixels.</summary>
    public double PixelAccuracy => (double)Diagonal().Sum() / PixelCount;

    /// <summary>The mean over the classes in the truth of the share of their pixels that is right, 0 to 1; NaN without pixels.</summary>
    public double MeanPixelAccuracy => ClassMean.Of(Diagonal().Select((right, index) => (double)right / TruthCount(index)));

    /// <summary>
    /// For each class the intersection over the union of truth and prediction, 0 to 1: diagonal / (row + column - diagonal).
    /// NaN where the class occurs in neither.
    /// </summary>
    public IReadOnlyList<double> PerClassIntersectionOverUnion
    {
        get
        {
            double[] values = new double[ClassCount];
            for (int index = 0; index < values.Length; index++)
            {
                long right = _counts[index, index];
                values[index] = (double)right / (TruthCount(index) + PredictedCount(index) - right);
            }

            return values;
        }
    }

    /// <summary>The mean of <see cref="PerClassIntersectionOverUnion"/> over the classes that occur, 0 to 1; NaN without pixels.</summary>
    public double MeanIntersectionOverUnion => ClassMean.Of(PerClassIntersectionOverUnion);

    /// <summary>
    /// The mean of <see cref="PerClassIntersectionOverUnion"/>, each class weighted by its share of the true pixels, 0 to 1;
    /// NaN without pixels.
    /// </summary>
    public double FrequencyWeightedIntersectionOverUnion
    {
        get
        {
            IReadOnlyList<double> values = PerClassIntersectionOverUnion;
            double sum = 0;
            for (int index = 0; index < values.Count; index++)
            {
                // A class that does not occur is NaN, and weighs nothing.
                sum += TruthCount(index) == 0 ? 0 : TruthCount(index) * values[index];
            }

            return sum / PixelCount;
        }
    }

    /// <summary>The number of pixels of one true class that were given one predicted class.</summary>
    /// <param name="truth">The true class, 0 to K - 1.</param>
    /// <param name="predicted">The predicted class, 0 to K - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A class is outside that range.</exception>
    public long this[int truth, int predicted] => _counts[CheckClass(truth, nameof(truth)), CheckClass(predicted, nameof(predicted))];

    /// <summary>Counts the pixels of one image, or of any part of one.</summary>
    /// <param name="truth">The true classes: 0 to K - 1, or 255 for pixels to ignore.</param>
    /// <param name="predicted">The predicted classes of the same pixels: 0 to K - 1, under ignored pixels too.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a value is out of range; nothing was counted.</exception>
    public void Add(ReadOnlySpan<byte> truth, ReadOnlySpan<byte> predicted)
    {
        if (truth.Length != predicted.Length)
        {
            throw new ArgumentException($"The truth has {truth.Length} pixels, the prediction {predicted.Length}.", nameof(predicted));
        }

        // Every pair of bytes has a counter, so that the loop over pixels decides nothing; the checks follow on the counters.
        int[] pairs = ArrayPool<int>.Shared.Rent(ByteValues * ByteValues);
        try
        {
            Span<int> counters = pairs.AsSpan(0, ByteValues * ByteValues);
            counters.Clear();
            for (int i = 0; i < truth.Length; i++)
            {
                counters[(truth[i] * ByteValues) + predicted[i]]++;
            }

            if (CountValid(counters) != truth.Length)
            {
                throw OutOfRange(truth, predicted);
            }

            AddCounters(counters);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(pairs);
        }
    }

    /// <summary>Counts pixels that were counted elsewhere.</summary>
    /// <param name="truth">Their true class, 0 to K - 1.</param>
    /// <param name="predicted">Their predicted class, 0 to K - 1.</param>
    /// <param name="count">How many there are, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A class is outside its range, or the count is negative.</exception>
    public void Add(int truth, int predicted, long count)
    {
        CheckClass(truth, nameof(truth));
        CheckClass(predicted, nameof(predicted));
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        _counts[truth, predicted] += count;
        PixelCount += count;
    }

    /// <summary>Adds the counts of another matrix.</summary>
    /// <param name="other">A matrix of as many classes.</param>
    /// <exception cref="ArgumentException">It has another number of classes.</exception>
    public void Merge(ConfusionMatrix other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.ClassCount != ClassCount)
        {
            throw new ArgumentException($"The other matrix has {other.ClassCount} classes, this one {ClassCount}.", nameof(other));
        }

        for (int truth = 0; truth < ClassCount; truth++)
        {
            for (int predicted = 0; predicted < ClassCount; predicted++)
            {
                _counts[truth, predicted] += other._counts[truth, predicted];
            }
        }

        PixelCount += other.PixelCount;
    }

    /// <summary>The counts by wider classes: a matrix whose rows and columns are sums of this one's.</summary>
    /// <param name="groups">The group of each class: K numbers, of which the smallest is 0 and none is left out.</param>
    /// <returns>A matrix of as many classes as there are groups.</returns>
    /// <exception cref="ArgumentException">There are not K numbers, or they are not 0 to the highest of them.</exception>
    public ConfusionMatrix MergeClasses(IReadOnlyList<int> groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        int count = groups.Distinct().Count();
        if (groups.Count != ClassCount || groups.Min() != 0 || groups.Max() != count - 1)
        {
            throw new ArgumentException(
                $"There must be {ClassCount} groups, 0 to the highest without a gap, not {string.Join(", ", groups)}.", nameof(groups));
        }

        var merged = new ConfusionMatrix(count) { PixelCount = PixelCount };
        for (int truth = 0; truth < ClassCount; truth++)
        {
            for (int predicted = 0; predicted < ClassCount; predicted++)
            {
                merged._counts[groups[truth], groups[predicted]] += _counts[truth, predicted];
            }
        }

        return merged;
    }

    /// <summary>The mean of <see cref="PerClassIntersectionOverUnion"/> over some of the classes, 0 to 1.</summary>
    /// <param name="classes">The classes, 0 to K - 1, each once; those that do not occur are left out of the mean.</param>
    /// <returns>The mean; NaN where none of the classes occurs.</returns>
    /// <exception cref="ArgumentException">A class is out of range or given twice, or there is none.</exception>
    public double MeanIntersectionOverUnionOf(IEnumerable<int> classes)
    {
        ArgumentNullException.ThrowIfNull(classes);
        return ClassMean.Of(PerClassIntersectionOverUnion, classes);
    }

    /// <summary>The counts.</summary>
    /// <returns>A copy, K x K, rows = truth.</returns>
    public long[,] ToArray() => (long[,])_counts.Clone();

    private long CountValid(ReadOnlySpan<int> counters)
    {
        long count = 0;
        for (int truth = 0; truth < ByteValues; truth++)
        {
            if (truth < ClassCount || truth == Ignored)
            {
                foreach (int value in counters.Slice(truth * ByteValues, ClassCount))
                {
                    count += value;
                }
            }
        }

        return count;
    }

    private void AddCounters(ReadOnlySpan<int> counters)
    {
        for (int truth = 0; truth < ClassCount; truth++)
        {
            for (int predicted = 0; predicted < ClassCount; predicted++)
            {
                int count = counters[(truth * ByteValues) + predicted];
                _counts[truth, predicted] += count;
                PixelCount += count;
            }
        }
    }

    private ArgumentException OutOfRange(ReadOnlySpan<byte> truth, ReadOnlySpan<byte> predicted)
    {
        int position = 0;
        while (predicted[position] < ClassCount && (truth[position] < ClassCount || truth[position] == Ignored))
        {
            position++;
        }

        bool isPrediction = predicted[position] >= ClassCount;
        return isPrediction
            ? new ArgumentException(
                $"The predicted class {predicted[position]} at position {position} must be 0 to {ClassCount - 1}.", nameof(predicted))
            : new ArgumentException(
                $"The true class {truth[position]} at position {position} must be 0 to {ClassCount - 1}, or 255 for ignored.", nameof(
                    truth));
    }

    private int CheckClass(int value, string parameter) => value >= 0 && value < ClassCount
        ? value
        : throw new ArgumentOutOfRangeException(parameter, value, $"A class must be 0 to {ClassCount - 1}.");

    private long[] Diagonal() => [.. Enumerable.Range(0, ClassCount).Select(index => _counts[index, index])];

    private long TruthCount(int truth) => Enumerable.Range(0, ClassCount).Sum(predicted => _counts[truth, predicted]);

    private long PredictedCount(int predicted) => Enumerable.Range(0, ClassCount).Sum(truth => _counts[truth, predicted]);
}

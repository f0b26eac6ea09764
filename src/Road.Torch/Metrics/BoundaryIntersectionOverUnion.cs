using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Road.Torch.Metrics;

/// <summary>
/// Boundary IoU (Cheng et al., CVPR 2021) gathered over a whole set: for each class the intersection over the union of two bands, that of
/// the true mask and that of the predicted one. It looks at outlines alone, which large areas hide in plain IoU. Adding is not safe from
/// several threads; give each its own and <see cref="Merge"/> them.
/// </summary>
/// <remarks>
/// A pixel of a class lies in the band where the square of pixels at most <see cref="Distance"/> away, counted along rows and columns as
/// king's moves are, holds another class or leaves the image; so the image's edge bounds a mask, as in the paper. Pixels whose truth is
/// ignored lie in no mask, neither the true nor the predicted one, and bound none: an outline that is only known to run somewhere in
/// them counts for nobody. The band is found by the lowest and the highest class of each square, along rows and then along columns, in
/// a number of passes that grows with the logarithm of the distance.
/// </remarks>
public sealed class BoundaryIntersectionOverUnion
{
    /// <summary>The band's width as a share of the image's diagonal unless said otherwise: the paper's 2 per cent.</summary>
    public const double DefaultWidth = 0.02;

    private const double LargestWidth = 0.5;

    private readonly long[] _truth;
    private readonly long[] _predicted;
    private readonly long[] _both;

    // Of one image, kept for the next.
    private byte[] _given = [];
    private byte[] _low = [];
    private byte[] _high = [];
    private byte[] _spare = [];
    private bool[] _truthBand = [];
    private bool[] _predictedBand = [];

    /// <summary>Creates an empty metric.</summary>
    /// <param name="classCount">The number of classes, K: 1 to 255.</param>
    /// <param name="width">The band's width as a share of the image's diagonal: above 0, at most 0.5.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public BoundaryIntersectionOverUnion(int classCount, double width = DefaultWidth)
    {
        if (classCount is < 1 or > ConfusionMatrix.Ignored)
        {
            throw new ArgumentOutOfRangeException(nameof(classCount), classCount, "The number of classes must be 1 to 255.");
        }

        ClassCount = classCount;
        Width = OptionGuard.PositiveUpTo(width, LargestWidth, nameof(width));
        _truth = new long[classCount];
        _predicted = new long[classCount];
        _both = new long[classCount];
    }

    /// <summary>The number of classes, K.</summary>
    public int ClassCount { get; }

    /// <summary>The band's width as a share of the image's diagonal.</summary>
    public double Width { get; }

    /// <summary>
    /// For each class the pixels in both bands over those in either, 0 to 1, counted over all images; NaN where the class occurs in
    /// neither truth nor prediction.
    /// </summary>
    public IReadOnlyList<double> PerClass =>
        [.. Enumerable.Range(0, ClassCount).Select(index => (double)_both[index] / (_truth[index] + _predicted[index] - _both[index]))];

    /// <summary>The mean of <see cref="PerClass"/> over the classes that occur, 0 to 1; NaN without pixels.</summary>
    public double Mean => ClassMean.Of(PerClass);

    /// <summary>The band's width in pixels: the share of the diagonal, rounded to whole pixels, at least 1.</summary>
    /// <param name="width">The image's width in pixels, 1 or more.</param>
    /// <param name="height">Its height.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is less than 1.</exception>
    public int Distance(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        return Math.Max(1, (int)Math.Round(Width * Math.Sqrt(((double)width * width) + ((double)height * height))));
    }

    /// <summary>The mean of <see cref="PerClass"/> over some of the classes, 0 to 1.</summary>
    /// <param name="classes">The classes, 0 to K - 1, each once; those that do not occur are left out of the mean.</param>
    /// <returns>The mean; NaN where none of the classes occurs.</returns>
    /// <exception cref="ArgumentException">A class is out of range or given twice, or there is none.</exception>
    public double MeanOf(IEnumerable<int> classes)
    {
        ArgumentNullException.ThrowIfNull(classes);
        return ClassMean.Of(PerClass, classes);
    }

    /// <summary>Counts the bands of one image.</summary>
    /// <param name="truth">Row-major true classes, <c>H x W</c>: 0 to K - 1, or 255 for pixels to ignore.</param>
    /// <param name="predicted">The predicted classes of the same pixels: 0 to K - 1, under ignored pixels too.</param>
    /// <param name="width">W, 1 or more.</param>
    /// <param name="height">H, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is less than 1.</exception>
    /// <exception cref="ArgumentException">The lengths do not fit, or a value is out of range; nothing was counted.</exception>
    public void Add(ReadOnlySpan<byte> truth, ReadOnlySpan<byte> predicted, int width, int height)
    {
        int distance = Distance(width, height);
        Check(truth, predicted, (long)width * height);
        Reserve(truth.Length);
        for (int i = 0; i < truth.Length; i++)
        {
            _given[i] = truth[i] == ConfusionMatrix.Ignored ? ConfusionMatrix.Ignored : predicted[i];
        }

        FindBand(truth, width, height, distance, _truthBand);
        FindBand(_given.AsSpan(0, truth.Length), width, height, distance, _predictedBand);
        for (int i = 0; i < truth.Length; i++)
        {
            if (truth[i] == ConfusionMatrix.Ignored)
            {
                continue;
            }

            _truth[truth[i]] += _truthBand[i] ? 1 : 0;
            _predicted[predicted[i]] += _predictedBand[i] ? 1 : 0;
            _both[truth[i]] += truth[i] == predicted[i] && _truthBand[i] && _predictedBand[i] ? 1 : 0;
        }
    }

    /// <summary>Adds the counts of another metric.</summary>
    /// <param name="other">A metric of as many classes and the same width.</param>
    /// <exception cref="ArgumentException">It has another number of classes or another width.</exception>
    public void Merge(BoundaryIntersectionOverUnion other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.ClassCount != ClassCount || other.Width != Width)
        {
            throw new ArgumentException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The other metric has {other.ClassCount} classes and the width {other.Width}, this one {ClassCount} and {Width}."),
                nameof(other));
        }

        for (int index = 0; index < ClassCount; index++)
        {
            _truth[index] += other._truth[index];
            _predicted[index] += other._predicted[index];
            _both[index] += other._both[index];
        }
    }

    private void Check(ReadOnlySpan<byte> truth, ReadOnlySpan<byte> predicted, long pixels)
    {
        if (truth.Length != pixels || predicted.Length != pixels)
        {
            throw new ArgumentException(
                $"The truth has {truth.Length} pixels and the prediction {predicted.Length}; the size is of {pixels}.", nameof(predicted));
        }

        byte first = (byte)ClassCount;
        int wrong = predicted.IndexOfAnyInRange(first, byte.MaxValue);
        if (wrong >= 0)
        {
            throw new ArgumentException(
                $"The predicted class {predicted[wrong]} at position {wrong} must be 0 to {ClassCount - 1}.", nameof(predicted));
        }

        wrong = ClassCount < ConfusionMatrix.Ignored ? truth.IndexOfAnyInRange(first, (byte)(ConfusionMatrix.Ignored - 1)) : -1;
        if (wrong >= 0)
        {
            throw new ArgumentException(
                $"The true class {truth[wrong]} at position {wrong} must be 0 to {ClassCount - 1}, or 255 for ignored.", nameof(truth));
        }
    }

    private void Reserve(int pixels)
    {
        if (_given.Length < pixels)
        {
            _given = new byte[pixels];
            _low = new byte[pixels];
            _high = new byte[pixels];
            _spare = new byte[pixels];
            _truthBand = new bool[pixels];
            _predictedBand = new bool[pixels];
        }
    }

    /// <summary>Says of each pixel of a class whether it lies in its mask's band; what it says of ignored pixels means nothing.</summary>
    private void FindBand(ReadOnlySpan<byte> classes, int width, int height, int distance, bool[] band)
    {
        Array.Fill(band, true, 0, classes.Length);
        int window = (2 * distance) + 1;
        if (window > width || window > height)
        {
            return;
        }

        // Ignored pixels are above all classes where the lowest is looked for, and below all where the highest is.
        Span<byte> low = _low.AsSpan(0, classes.Length);
        Span<byte> high = _high.AsSpan(0, classes.Length);
        classes.CopyTo(low);
        for (int i = 0; i < classes.Length; i++)
        {
            high[i] = (byte)(classes[i] + 1);
        }

        low = Slide(low, ref _low, window, width, isHighest: false);
        high = Slide(high, ref _high, window, width, isHighest: true);

        // Squares that run over the end of a row into the next are those of the outermost columns, which are band in any case.
        for (int y = distance; y < height - distance; y++)
        {
            ReadOnlySpan<byte> lowest = low.Slice((y - distance) * width, width - window + 1);
            ReadOnlySpan<byte> highest = high.Slice((y - distance) * width, width - window + 1);
            Span<bool> row = band.AsSpan((y * width) + distance, lowest.Length);
            for (int x = 0; x < row.Length; x++)
            {
                row[x] = highest[x] != lowest[x] + 1;
            }
        }
    }

    /// <summary>
    /// Joins the values of each square, told by its first pixel: two runs of pixels, joined, are a longer one, first along rows, then along
    /// columns. The buffer that the values lie in and the spare one take turns.
    /// </summary>
    private Span<byte> Slide(Span<byte> values, ref byte[] buffer, int window, int width, bool isHighest)
    {
        foreach (int step in (ReadOnlySpan<int>)[1, width])
        {
            for (int covered = 1; covered < window;)
            {
                int shift = Math.Min(covered, window - covered);
                int count = values.Length - (shift * step);
                Span<byte> joined = _spare.AsSpan(0, count);
                Join(values[..count], values.Slice(shift * step, count), joined, isHighest);
                values = joined;
                (buffer, _spare) = (_spare, buffer);
                covered += shift;
            }
        }

        return values;
    }

    private static void Join(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> result, bool isHighest)
    {
        ReadOnlySpan<Vector<byte>> firsts = MemoryMarshal.Cast<byte, Vector<byte>>(first);
        ReadOnlySpan<Vector<byte>> seconds = MemoryMarshal.Cast<byte, Vector<byte>>(second);
        Span<Vector<byte>> results = MemoryMarshal.Cast<byte, Vector<byte>>(result);
        for (int i = 0; i < results.Length; i++)
        {
            results[i] = isHighest ? Vector.Max(firsts[i], seconds[i]) : Vector.Min(firsts[i], seconds[i]);
        }

        for (int i = results.Length * Vector<byte>.Count; i < result.Length; i++)
        {
            result[i] = isHighest ? Math.Max(first[i], second[i]) : Math.Min(first[i], second[i]);
        }
    }
}

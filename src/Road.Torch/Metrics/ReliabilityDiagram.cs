using System.Globalization;

namespace Road.Torch.Metrics;

/// <summary>
/// How far the confidence of predictions can be believed, gathered over a whole set (Guo et al., ICML 2017): labelled pixels go into bins
/// of equal width by their confidence, the largest class probability, and each bin's share of right ones is held against the mean of its
/// confidence. Adding is not safe from several threads; give each its own and <see cref="Merge"/> them.
/// </summary>
public sealed class ReliabilityDiagram
{
    /// <summary>The number of bins unless said otherwise, that of the paper.</summary>
    public const int DefaultBinCount = 15;

    private const int MostBins = 1000;

    // A softmax of K classes sums rounding errors of K numbers.
    private const float HighestConfidence = 1.001f;

    private readonly long[] _pixels;
    private readonly long[] _right;
    private readonly double[] _confidence;

    /// <summary>Creates an empty diagram.</summary>
    /// <param name="binCount">The number of bins, M: 1 to 1000.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="binCount"/> is outside that range.</exception>
    public ReliabilityDiagram(int binCount = DefaultBinCount)
    {
        OptionGuard.Between(binCount, 1, MostBins, nameof(binCount));
        _pixels = new long[binCount];
        _right = new long[binCount];
        _confidence = new double[binCount];
    }

    /// <summary>The number of pixels counted; ignored ones are not.</summary>
    public long PixelCount => _pixels.Sum();

    /// <summary>The share of pixels whose class is right, 0 to 1; NaN without pixels.</summary>
    public double Accuracy => (double)_right.Sum() / PixelCount;

    /// <summary>The mean confidence, 0 to 1; NaN without pixels.</summary>
    public double MeanConfidence => _confidence.Sum() / PixelCount;

    /// <summary>The M bins, from the lowest confidence to the highest.</summary>
    public IReadOnlyList<ReliabilityBin> Bins => [.. Enumerable.Range(0, _pixels.Length).Select(index => new ReliabilityBin(
        (double)index / _pixels.Length, (double)(index + 1) / _pixels.Length, _pixels[index], _right[index], _confidence[index]))];

    /// <summary>
    /// The expected calibration error, 0 to 1: the mean over the bins of the distance between accuracy and mean confidence, each bin
    /// weighted by its share of the pixels (Equation 3 of the paper). NaN without pixels.
    /// </summary>
    public double ExpectedCalibrationError =>
        Enumerable.Range(0, _pixels.Length).Sum(index => Math.Abs(_right[index] - _confidence[index])) / PixelCount;

    /// <summary>
    /// The largest distance between accuracy and mean confidence of a bin that has pixels, 0 to 1 (Equation 5 of the paper). NaN without
    /// pixels.
    /// </summary>
    public double MaximumCalibrationError => Bins.Where(static bin => bin.PixelCount > 0)
        .Select(static bin => Math.Abs(bin.Accuracy - bin.MeanConfidence)).DefaultIfEmpty(double.NaN).Max();

    /// <summary>Counts the pixels of one image, or of any part of one.</summary>
    /// <param name="truth">The true classes, or 255 for pixels to ignore.</param>
    /// <param name="predicted">The predicted classes of the same pixels.</param>
    /// <param name="confidences">
    /// The largest class probability of the same pixels, 0 to 1; up to 1.001 is taken for 1, as rounding may have it. Those of ignored
    /// pixels are not looked at.
    /// </param>
    /// <exception cref="ArgumentException">The lengths differ, or a confidence is out of range; nothing was counted.</exception>
    public void Add(ReadOnlySpan<byte> truth, ReadOnlySpan<byte> predicted, ReadOnlySpan<float> confidences)
    {
        if (truth.Length != predicted.Length || truth.Length != confidences.Length)
        {
            throw new ArgumentException(
                $"The truth has {truth.Length} pixels, the prediction {predicted.Length}, and there are {confidences.Length} confidences.",
                nameof(confidences));
        }

        for (int i = 0; i < truth.Length; i++)
        {
            if (truth[i] != ConfusionMatrix.Ignored && confidences[i] is not (>= 0 and <= HighestConfidence))
            {
                throw new ArgumentException(
                    string.Create(CultureInfo.InvariantCulture, $"The confidence at position {i} is {confidences[i]}; it must be 0 to 1."),
                    nameof(confidences));
            }
        }

        for (int i = 0; i < truth.Length; i++)
        {
            if (truth[i] == ConfusionMatrix.Ignored)
            {
                continue;
            }

            float confidence = Math.Min(confidences[i], 1);

            // An upper end belongs to its bin. The product rounds, so that ends such as 0.2 come out whole.
            int bin = Math.Max(0, (int)MathF.Ceiling(confidence * _pixels.Length) - 1);
            _pixels[bin]++;
            _right[bin] += truth[i] == predicted[i] ? 1 : 0;
            _confidence[bin] += confidence;
        }
    }

    /// <summary>Adds the counts of another diagram.</summary>
    /// <param name="other">A diagram of as many bins.</param>
    /// <exception cref="ArgumentException">It has another number of bins.</exception>
    public void Merge(ReliabilityDiagram other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other._pixels.Length != _pixels.Length)
        {
            throw new ArgumentException($"The other diagram has {other._pixels.Length} bins, this one {_pixels.Length}.", nameof(other));
        }

        for (int index = 0; index < _pixels.Length; index++)
        {
            _pixels[index] += other._pixels[index];
            _right[index] += other._right[index];
            _confidence[index] += other._confidence[index];
        }
    }
}

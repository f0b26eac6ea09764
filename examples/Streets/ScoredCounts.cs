using System.Text.Json.Serialization;
using Road.MLNet;
using Road.Torch.Metrics;

namespace Streets;

/// <summary>What was counted of a set, or of one share of it: counts of shares add up to those of the whole.</summary>
/// <param name="ClassNames">The classes.</param>
/// <param name="Images">How many images were scored.</param>
/// <param name="SkippedImages">How many were left out, since they cannot be read.</param>
/// <param name="LeftOutFiles">How many files were not taken for images, of the whole set.</param>
/// <param name="IgnoredPixels">Pixels of the masks that no class claims.</param>
/// <param name="ConfusionMatrix">Counts of the others: <c>[truth][predicted]</c>.</param>
internal sealed record ScoredCounts(
    IReadOnlyList<string> ClassNames,
    int Images,
    int SkippedImages,
    int LeftOutFiles,
    long IgnoredPixels,
    IReadOnlyList<IReadOnlyList<long>> ConfusionMatrix)
{
    /// <summary>The share of the masks' pixels that count nowhere; NaN where there are none.</summary>
    [JsonIgnore]
    public double IgnoredPixelShare => (double)IgnoredPixels / (IgnoredPixels + Pixels);

    private long Pixels => ConfusionMatrix.Sum(static row => row.Sum());

    /// <summary>What an evaluation has counted.</summary>
    public static ScoredCounts Of(SemanticSegmentationMetrics metrics, int leftOutFiles) => new(
        metrics.ClassNames, metrics.ImageCount, metrics.Skipped.Count, leftOutFiles, metrics.IgnoredPixelCount, metrics.ConfusionMatrix);

    /// <summary>The counts of two shares together.</summary>
    public ScoredCounts Add(ScoredCounts other) => this with
    {
        Images = Images + other.Images,
        SkippedImages = SkippedImages + other.SkippedImages,
        IgnoredPixels = IgnoredPixels + other.IgnoredPixels,
        ConfusionMatrix =
        [
            .. ConfusionMatrix.Zip(
                other.ConfusionMatrix, static (own, others) => (IReadOnlyList<long>)[.. own.Zip(others, static (a, b) => a + b)]),
        ],
    };

    /// <summary>The counts as a matrix that scores follow from.</summary>
    public ConfusionMatrix Matrix()
    {
        ConfusionMatrix matrix = new(ClassNames.Count);
        for (int truth = 0; truth < ClassNames.Count; truth++)
        {
            for (int predicted = 0; predicted < ClassNames.Count; predicted++)
            {
                matrix.Add(truth, predicted, ConfusionMatrix[truth][predicted]);
            }
        }

        return matrix;
    }
}

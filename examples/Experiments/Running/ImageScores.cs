using Experiments.Results;
using Road.MLNet;

namespace Experiments.Running;

/// <summary>What a measurement says of single images.</summary>
internal static class ImageScores
{
    // Enough to see what they have in common, and few enough to look at each.
    private const int WorstCount = 12;
    private const int ConfusionCount = 3;
    private const int Digits = 4;

    /// <summary>The mean IoU of each image, in the set's order; null for one without labelled pixels of the classes.</summary>
    /// <param name="metrics">The measurement.</param>
    /// <param name="classes">The classes in the mean; null for all. Those that do not occur in an image are left out of its mean.</param>
    public static IReadOnlyList<double?>? Of(SemanticSegmentationMetrics metrics, IReadOnlyList<string>? classes) =>
        metrics.Images is null ? null : [.. metrics.Images.Select(image => Score(image, classes))];

    /// <summary>The images of the lowest mean IoU, the lowest first; of equal ones the first of the set first.</summary>
    public static IReadOnlyList<WorstImage>? FindWorst(SemanticSegmentationMetrics metrics, IReadOnlyList<string>? classes)
    {
        if (metrics.Images is null)
        {
            return null;
        }

        IEnumerable<(ImageMetrics Image, double Score)> worst =
            from image in metrics.Images
            let score = Score(image, classes)
            where score is not null
            orderby score, image.Row
            select (image, score.Value);
        return
        [
            .. worst.Take(WorstCount).Select(static entry => new WorstImage(
                Name(entry.Image),
                entry.Image.Row,
                entry.Score,
                [.. entry.Image.FindConfusions(ConfusionCount).Select(static confusion => new ImageConfusion(
                    confusion.Truth, confusion.Predicted, Math.Round(confusion.Share, Digits)))])),
        ];
    }

    private static double? Score(ImageMetrics image, IReadOnlyList<string>? classes)
    {
        double value = classes is null ? image.MeanIntersectionOverUnion : image.MeanIntersectionOverUnionOf(classes);
        return double.IsNaN(value) ? null : Math.Round(value, Digits);
    }

    private static string Name(ImageMetrics image) => Path.GetFileNameWithoutExtension(image.Texts["ImagePath"]);
}

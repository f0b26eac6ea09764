using System.Diagnostics.CodeAnalysis;
using System.Numerics.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Road.Torch.Training;

namespace Road.MLNet;

/// <summary>
/// Metrics that models in the middle of their training are judged by, to keep the best or to stop early. Reach them as
/// <c>ml.SemanticSegmentation.SnapshotMetrics</c>.
/// </summary>
/// <remarks>
/// Of labels, those of source images that the training does not see cost nothing of what adaptation is for. <b>Labels of the target domain
/// do</b>: who chooses by them has trained on them in part, and other methods are to be given them too before they are compared. The
/// confidence of predictions on target images needs no labels; it is a proxy, which goes up when a network is wrong with more certainty.
/// </remarks>
[SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "All metrics are reached by the catalog.")]
public sealed class SnapshotMetricCatalog
{
    private const string DefaultScoreColumnName = "Score";

    private readonly MLContext _context;

    internal SnapshotMetricCatalog(MLContext context) => _context = context;

    /// <summary>The mean IoU on labelled images.</summary>
    /// <param name="labelled">
    /// The images in the trainer's target image column, of whichever domain they are, and their labels, with the classes that the training
    /// has. A few dozen of them do: they are scored at every evaluation.
    /// </param>
    /// <param name="labelColumnName">The column of labels.</param>
    /// <param name="classNames">The classes to take the mean over; null for all.</param>
    /// <param name="name">What logs call it.</param>
    /// <returns>The metric; larger is better.</returns>
    /// <exception cref="ArgumentException">A name is empty.</exception>
    public SnapshotMetric MeanIntersectionOverUnion(
        IDataView labelled, string labelColumnName = "Label", IReadOnlyList<string>? classNames = null, string name = "mean IoU")
    {
        ArgumentNullException.ThrowIfNull(labelled);
        ArgumentException.ThrowIfNullOrWhiteSpace(labelColumnName);
        return new SnapshotMetric(name, snapshot =>
        {
            using RoadTransformer model = Models(snapshot).CreateModel();
            SemanticSegmentationMetrics metrics = _context.SemanticSegmentation.Evaluate(
                model.Transform(labelled), labelColumnName, model.PredictedLabelColumnName);
            return classNames is null ? metrics.MeanIntersectionOverUnion : metrics.MeanIntersectionOverUnionOf(classNames);
        });
    }

    /// <summary>The mean over all pixels of the largest class probability: how sure the network is, without labels. A proxy.</summary>
    /// <param name="images">The images in the trainer's target image column; a few dozen do.</param>
    /// <param name="name">What logs call it.</param>
    /// <param name="cancellationToken">Ends the measurement after the image in hand.</param>
    /// <returns>The metric, more than 0 and at most 1; larger is better.</returns>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public SnapshotMetric MeanConfidence(
        IDataView images, string name = "mean confidence", CancellationToken cancellationToken = default) =>
        OfProbabilities(images, name, smallerIsBetter: false, SumOfConfidences, cancellationToken);

    /// <summary>
    /// The mean over all pixels of the entropy of the class probabilities, in nats: how unsure the network is, without labels. A proxy.
    /// </summary>
    /// <param name="images">The images in the trainer's target image column; a few dozen do.</param>
    /// <param name="name">What logs call it.</param>
    /// <param name="cancellationToken">Ends the measurement after the image in hand.</param>
    /// <returns>The metric, 0 to the logarithm of the number of classes; smaller is better.</returns>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public SnapshotMetric MeanEntropy(IDataView images, string name = "mean entropy", CancellationToken cancellationToken = default) =>
        OfProbabilities(images, name, smallerIsBetter: true, SumOfEntropies, cancellationToken);

    /// <summary>The sum over pixels of the largest probability.</summary>
    /// <param name="probabilities">K x pixels.</param>
    /// <param name="pixels">How many pixels there are.</param>
    internal static double SumOfConfidences(ReadOnlySpan<float> probabilities, int pixels)
    {
        float[] largest = probabilities[..pixels].ToArray();
        for (int start = pixels; start < probabilities.Length; start += pixels)
        {
            TensorPrimitives.Max(largest, probabilities.Slice(start, pixels), largest);
        }

        double sum = 0;
        foreach (float value in largest)
        {
            sum += value;
        }

        return sum;
    }

    /// <summary>The sum over pixels of the entropy, in nats.</summary>
    /// <param name="probabilities">K x pixels.</param>
    /// <param name="pixels">How many pixels there are.</param>
    internal static double SumOfEntropies(ReadOnlySpan<float> probabilities, int pixels)
    {
        double sum = 0;
        foreach (float probability in probabilities)
        {
            sum -= probability > 0 ? probability * Math.Log(probability) : 0;
        }

        return sum;
    }

    private static SnapshotMetric OfProbabilities(
        IDataView images, string name, bool smallerIsBetter, PixelSum sum, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(images);
        return new SnapshotMetric(name, snapshot =>
        {
            using RoadTransformer model = Models(snapshot).CreateModel(DefaultScoreColumnName);
            IDataView scored = model.Transform(images);
            DataViewSchema.Column column = scored.Schema[DefaultScoreColumnName];
            using DataViewRowCursor cursor = scored.GetRowCursor([column]);
            ValueGetter<VBuffer<float>> getScores = cursor.GetGetter<VBuffer<float>>(column);
            VBuffer<float> scores = default;
            double total = 0;
            long pixels = 0;
            while (cursor.MoveNext())
            {
                cancellationToken.ThrowIfCancellationRequested();
                getScores(ref scores);
                int count = scores.Length / model.ClassNames.Count;
                total += sum(scores.GetValues(), count);
                pixels += count;
            }

            return total / pixels;
        })
        {
            SmallerIsBetter = smallerIsBetter,
        };
    }

    private static RoadTrainingSnapshot Models(TrainingSnapshot snapshot) => snapshot as RoadTrainingSnapshot
        ?? throw new InvalidOperationException($"This metric is of models of a {nameof(RoadTrainer)}.");

    private delegate double PixelSum(ReadOnlySpan<float> probabilities, int pixels);
}

using Road.Torch.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Training;

/// <summary>The supervised loss of the source domain, L_seg, as <see cref="SegmentationLossOptions"/> compose it.</summary>
public static class SupervisedLoss
{
    // A smaller distance from certainty is the rounding of the probability alone, and under it the power's slope has no end.
    private const double LeastDoubt = 1e-7;

    /// <summary>
    /// Composes the loss, the logits upsampled bilinearly to the labels' size. With options that nothing was told and without weights it is
    /// <see cref="SegmentationLoss.Compute"/> to the bit.
    /// </summary>
    /// <param name="logits">Logits at any resolution, <c>N x K x h x w, float32</c>.</param>
    /// <param name="labels">
    /// Class indices, <c>N x H x W, int64</c>, <see cref="DecodedSample.IgnoredLabel"/> where nothing counts.
    /// </param>
    /// <param name="options">What it is made of.</param>
    /// <param name="classWeights">The weights of the classes, K values, <c>float32</c>; null for 1 each.</param>
    /// <returns>
    /// A scalar, <c>float32</c>. Where no pixel counts, it is 0, and NaN for the plain cross-entropy without weights.
    /// </returns>
    /// <exception cref="ArgumentException">The shapes do not fit each other.</exception>
    public static Tensor Compute(Tensor logits, Tensor labels, SegmentationLossOptions options, Tensor? classWeights)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.IsCrossEntropy && classWeights is null)
        {
            return SegmentationLoss.Compute(logits, labels);
        }

        SegmentationLoss.CheckShapes(logits, labels);
        if (classWeights is not null && (classWeights.dim() != 1 || classWeights.shape[0] != logits.shape[1]))
        {
            throw new ArgumentException(
                $"Expected {logits.shape[1]} weights of classes, not [{string.Join(" x ", classWeights.shape)}].", nameof(classWeights));
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor counts = labels.DiffersFrom(DecodedSample.IgnoredLabel);
        Tensor classes = labels.mul(counts);
        Tensor logarithms = SegmentationLoss.LogProbabilities(logits, labels);
        Tensor chosen = SegmentationLoss.OfClasses(logarithms, classes);
        Tensor losses = Soften(chosen, logarithms, options.LabelSmoothing);
        if (options.FocalGamma > 0)
        {
            losses = losses.mul(chosen.expm1().neg().AtLeast(LeastDoubt).ToThePower(options.FocalGamma));
        }

        if (classWeights is not null)
        {
            losses = losses.mul(classWeights.gather(0, classes.flatten()).view(classes.shape));
        }

        if (options.HardPixelThreshold is { } threshold)
        {
            counts = HardPixels.Choose(chosen.detach().exp(), counts, threshold, options.HardPixelShare);
        }

        Tensor loss = losses.mul(counts).sum().div(counts.sum().to(ScalarType.Float32).AtLeast(1));
        if (options.DiceWeight > 0)
        {
            loss = loss.Plus(SoftDiceLoss.Compute(logarithms.exp(), labels).Times(options.DiceWeight));
        }

        return loss.MoveToOuterDisposeScope();
    }

    /// <summary>The cross-entropy of labels of which a part is spread over all classes.</summary>
    private static Tensor Soften(Tensor chosen, Tensor logarithms, double smoothing) => smoothing == 0
        ? chosen.neg()
        : chosen.Times(smoothing - 1).Plus(logarithms.mean([1]).Times(-smoothing));
}

using Road.Torch.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Training;

/// <summary>The supervised loss of the source domain, L_seg, as the paper has it.</summary>
public static class SegmentationLoss
{
    /// <summary>
    /// The mean pixel cross-entropy over labelled pixels, the logits upsampled bilinearly to the labels' size.
    /// </summary>
    /// <param name="logits">Logits at any resolution, <c>N x K x h x w, float32</c>.</param>
    /// <param name="labels">
    /// Class indices, <c>N x H x W, int64</c>, <see cref="DecodedSample.IgnoredLabel"/> where nothing counts; at least
    /// one pixel must count, or the mean is NaN.
    /// </param>
    /// <param name="weights">
    /// What each pixel's cross-entropy is multiplied by, <c>N x H x W, float32</c>; the sum is divided by the number of labelled pixels all
    /// the same, and is 0 where there is none. Null for 1 everywhere.
    /// </param>
    /// <returns>A scalar, <c>float32</c>.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit each other.</exception>
    public static Tensor Compute(Tensor logits, Tensor labels, Tensor? weights = null)
    {
        CheckShapes(logits, labels);
        if (weights is not null && !weights.shape.AsSpan().SequenceEqual(labels.shape))
        {
            throw new ArgumentException(
                $"Expected as many weights as labels, [{string.Join(" x ", labels.shape)}], not [{string.Join(" x ", weights.shape)}].",
                nameof(weights));
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor counts = labels.DiffersFrom(DecodedSample.IgnoredLabel);
        Tensor classes = labels.mul(counts);
        Tensor chosen = OfClasses(LogProbabilities(logits, labels), classes);
        if (weights is null)
        {
            return chosen.mul(counts).sum().div(counts.sum()).neg().MoveToOuterDisposeScope();
        }

        return chosen.mul(counts).mul(weights).sum().div(counts.sum().to(ScalarType.Float32).AtLeast(1)).neg().MoveToOuterDisposeScope();
    }

    /// <summary>Refuses logits and labels that do not fit each other.</summary>
    internal static void CheckShapes(Tensor logits, Tensor labels)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(labels);
        if (logits.dim() != 4 || labels.dim() != 3 || logits.shape[0] != labels.shape[0])
        {
            throw new ArgumentException(
                $"Expected logits N x K x h x w and labels N x H x W, not [{string.Join(" x ", logits.shape)}] and "
                + $"[{string.Join(" x ", labels.shape)}].",
                nameof(logits));
        }
    }

    /// <summary>The logarithms of the probabilities at the labels' size, <c>N x K x H x W, float32</c>.</summary>
    internal static Tensor LogProbabilities(Tensor logits, Tensor labels)
    {
        Tensor upsampled = nn.functional.interpolate(
            logits, size: [labels.shape[1], labels.shape[2]], mode: InterpolationMode.Bilinear, align_corners: false);
        return nn.functional.log_softmax(upsampled, 1);
    }

    /// <summary>
    /// What values by class, <c>N x K x H x W</c>, say of each pixel's class, <c>N x H x W</c>. Picked out in place: libtorch's
    /// cross-entropy of whole images has no kernel on the meta device, nor a deterministic one on CUDA, and that of single pixels would
    /// copy all logits class by class.
    /// </summary>
    internal static Tensor OfClasses(Tensor values, Tensor classes) => values.gather(1, classes.unsqueeze(1)).squeeze(1);
}

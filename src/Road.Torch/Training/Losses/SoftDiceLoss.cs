using Road.Torch.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Training;

/// <summary>The soft Dice loss, by which every class counts alike, however few its pixels are (Milletari et al., 3DV 2016).</summary>
public static class SoftDiceLoss
{
    // Only a batch without a label comes near it, and it has no loss.
    private const double LeastSize = 1e-12;

    /// <summary>
    /// The mean of <c>1 - 2 sum(p g) / (sum(p^2) + sum(g))</c> over the classes that occur in the labels, with the probability p of a class
    /// and g, 1 where a pixel is of the class and else 0; sums are over the labelled pixels of the whole batch.
    /// </summary>
    /// <param name="probabilities">Probabilities of the classes, <c>N x K x H x W, float32</c>.</param>
    /// <param name="labels">
    /// Class indices, <c>N x H x W, int64</c>, <see cref="DecodedSample.IgnoredLabel"/> where nothing counts.
    /// </param>
    /// <returns>A scalar, <c>float32</c>, 0 to 1; 0 where no pixel is labelled.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit each other.</exception>
    public static Tensor Compute(Tensor probabilities, Tensor labels)
    {
        SegmentationLoss.CheckShapes(probabilities, labels);
        using DisposeScope scope = NewDisposeScope();
        Tensor counts = labels.DiffersFrom(DecodedSample.IgnoredLabel);
        Tensor classes = labels.mul(counts).unsqueeze(1);
        counts = counts.unsqueeze(1).to(ScalarType.Float32);
        Tensor truth = zeros_like(probabilities).scatter(1, classes, counts);
        Tensor area = OverPixels(truth);
        Tensor both = OverPixels(probabilities.mul(truth));
        Tensor sizes = OverPixels(probabilities.mul(probabilities).mul(counts)).Plus(area);
        Tensor occurs = area.IsAtLeast(0.5).to(ScalarType.Float32);
        Tensor losses = both.Times(2).div(sizes.AtLeast(LeastSize)).From(1).mul(occurs);
        return losses.sum().div(occurs.sum().AtLeast(1)).MoveToOuterDisposeScope();
    }

    /// <summary>Sums by class, of <c>N x K x H x W</c>.</summary>
    private static Tensor OverPixels(Tensor values) => values.sum([0, 2, 3]);
}

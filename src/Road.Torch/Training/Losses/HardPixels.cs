using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Training;

/// <summary>Chooses the pixels that the network has yet to learn (<see cref="SegmentationLossOptions.HardPixelThreshold"/>).</summary>
internal static class HardPixels
{
    // Ignored pixels come behind all others, whose probabilities end at 1.
    private const double Ignored = 2;

    /// <summary>
    /// Marks the labelled pixels under the threshold, or as improbable as the last of the share that counts at least. Nothing is read back
    /// from the device.
    /// </summary>
    /// <param name="probabilities">Probabilities of the pixels' own classes, <c>N x H x W, float32</c>, without a graph.</param>
    /// <param name="counts">Which pixels are labelled, <c>N x H x W, bool</c>.</param>
    /// <param name="threshold">The probability from which a pixel is easy.</param>
    /// <param name="share">The least share of the labelled pixels to choose, 0 to 1.</param>
    /// <returns>The chosen pixels, <c>N x H x W, bool</c>.</returns>
    public static Tensor Choose(Tensor probabilities, Tensor counts, double threshold, double share)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor chosen = probabilities.IsAtLeast(threshold).bitwise_not();
        if (share > 0)
        {
            // No more can be wanted than of a batch without ignored pixels.
            int most = (int)Math.Max(1, Math.Ceiling(share * probabilities.numel()));
            Tensor order = probabilities.mul(counts).Plus(counts.bitwise_not().to(ScalarType.Float32).Times(Ignored)).flatten();
            (Tensor hardest, _) = order.topk(most, 0, largest: false, sorted: true);
            Tensor last = counts.sum().to(ScalarType.Float64).Times(share).ceil().Plus(-1).AtLeast(0).AtMost(most - 1);
            Tensor limit = hardest.gather(0, last.to(ScalarType.Int64).unsqueeze(0));
            chosen = chosen.bitwise_or(probabilities.le(limit));
        }

        return chosen.bitwise_and(counts).MoveToOuterDisposeScope();
    }
}

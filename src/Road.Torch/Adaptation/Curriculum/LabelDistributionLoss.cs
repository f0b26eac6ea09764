using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Adaptation;

/// <summary>
/// The regulariser of curriculum domain adaptation (Zhang et al., 2017): the cross-entropy between the label distribution that was
/// inferred of an image or a superpixel and the one that the network predicts there.
/// </summary>
internal static class LabelDistributionLoss
{
    /// <summary>
    /// The power that makes a pixel's probabilities, divided by their largest, a differentiable stand-in for its decision; the paper's 6.
    /// </summary>
    public const double Sharpness = 6;

    /// <summary>
    /// The predicted label distribution of regions: each pixel's <c>(p / max p)^6</c>, averaged over the region and brought to the sum of
    /// 1. It is computed in logarithms, so that a class that no pixel is near to still gets a gradient.
    /// </summary>
    /// <param name="logits">Logits, <c>N x K x h x w, float32</c>.</param>
    /// <param name="regions">The weights of the pixels in each of R regions, <c>N x R x (h w), float32</c>.</param>
    /// <returns>
    /// The distributions' logarithms, <c>N x R x K, float32</c>; uniform over nothing where a region's weights are all zero.
    /// </returns>
    public static Tensor Predict(Tensor logits, Tensor regions)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor votes = logits.sub(logits.amax([1], keepdim: true)).Times(Sharpness).flatten(2);
        Tensor highest = votes.detach().amax([2], keepdim: true);
        Tensor mass = regions.matmul(votes.sub(highest).exp().transpose(1, 2));
        return nn.functional.log_softmax(mass.AtLeast(1e-30).log().Plus(highest.transpose(1, 2)), 2).MoveToOuterDisposeScope();
    }

    /// <summary>The mean cross-entropy over regions.</summary>
    /// <param name="targets">The inferred distributions, <c>N x R x K, float32</c>.</param>
    /// <param name="predictions">The logarithms of the predicted ones, same shape.</param>
    /// <param name="counts">Which regions count: 1 or 0, <c>N x R, float32</c>.</param>
    /// <returns>A scalar, <c>float32</c>; 0 where no region counts.</returns>
    public static Tensor Compute(Tensor targets, Tensor predictions, Tensor counts)
    {
        using DisposeScope scope = NewDisposeScope();
        return targets.mul(predictions).sum(2).mul(counts).sum().div(counts.sum().AtLeast(1)).neg().MoveToOuterDisposeScope();
    }
}

using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Adaptation;

/// <summary>
/// The category-specific loss of FCNs in the Wild (Hoffman et al., 2016, section 3.3), after the constrained optimisation of
/// Pathak et al. (ICCV 2015): predictions Q are drawn to the distributions P nearest to them by Kullback-Leibler divergence
/// whose mean over the image keeps each present class between its bounds, <c>delta &lt;= mean P(c) &lt;= gamma</c>.
/// </summary>
/// <remarks>
/// <para>
/// As the paper has it: a class counts as present where it wins more than 0.1 alpha of the pixels; the lower bound has slack,
/// the upper none; a class whose alpha is above 0.1 has its gradient scaled by 0.1.
/// </para>
/// <para>
/// The paper leaves open how much slack and how the weights enter. Here slack costs <see cref="SlackCost"/> a unit, which
/// bounds the dual variable, so that P raises the odds of a class by a factor of e at most. The loss is the divergence in its
/// generalised form, <c>sum_c w_c (P log(P / Q) - P + Q)</c>, averaged over pixels: zero with a zero gradient where the bounds
/// hold, whatever the weights. Where the mean share of a class exceeds its 90% quantile, that quantile is both bounds.
/// </para>
/// </remarks>
internal static class SizeConstraintLoss
{
    /// <summary>The price of one unit below the lower bound: the largest dual variable.</summary>
    public const double SlackCost = 1;

    private const double PresentShare = 0.1;
    private const double LargeClass = 0.1;
    private const double LargeClassWeight = 0.1;
    private const double Tiny = 1e-12;
    private const int Iterations = 50;

    /// <summary>Computes the loss; its gradient reaches the logits through Q alone.</summary>
    /// <param name="logits">Logits of target images, <c>N x K x h x w, float32</c>.</param>
    /// <param name="sizes">The statistics of the K classes in the source.</param>
    /// <returns>A scalar, <c>float32</c>.</returns>
    public static Tensor Compute(Tensor logits, ClassSizes sizes)
    {
        using DisposeScope scope = NewDisposeScope();
        Device device = logits.device;
        Tensor log = nn.functional.log_softmax(logits, 1).flatten(2);
        Tensor nearest = Nearest(log.detach(), sizes);
        Tensor p = nearest.exp();
        Tensor weights = Row([.. sizes.Lower.Select(static alpha => alpha > LargeClass ? LargeClassWeight : 1)], device).unsqueeze(2);
        Tensor divergence = p.mul(nearest.sub(log)).sub(p).Plus(log.exp()).mul(weights);
        return divergence.sum(1).mean().MoveToOuterDisposeScope();
    }

    /// <summary>
    /// log P. It is Q with each class's odds multiplied by exp(lambda), the dual variables; generalised iterative scaling
    /// (Darroch and Ratcliff, 1972) finds them, a fixed number of rounds so that nothing waits for the device.
    /// </summary>
    private static Tensor Nearest(Tensor log, ClassSizes sizes)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Device device = log.device;
        Tensor classes = tensor([.. Enumerable.Range(0, (int)log.shape[1]).Select(static k => (long)k)], device: device).reshape(1, -1, 1);
        Tensor won = log.argmax(1, keepdim: true).eq(classes).to(ScalarType.Float32).mean([2]);

        // No share exceeds NaN: a class that the source lacks is never present. Bounds of classes that are not let every share pass.
        Tensor present = won.gt(Row([.. sizes.Lower.Select(static alpha => PresentShare * alpha)], device));
        Tensor bounded = present.to(ScalarType.Float32);
        Tensor absent = ones_like(bounded).sub(bounded);
        Tensor lower = bounded.mul(Row([.. sizes.Mean.Zip(sizes.Upper, static (mean, upper) => Logarithm(Math.Min(mean, upper)))], device))
            .Plus(absent.mul(Row([.. sizes.Mean.Select(static _ => Math.Log(Tiny))], device)));
        Tensor upper = bounded.mul(Row([.. sizes.Upper.Select(Logarithm)], device));
        Tensor zero = zeros_like(won);
        Tensor lambda = zero;
        for (int i = 0; i < Iterations; i++)
        {
            using DisposeScope round = NewDisposeScope();
            Tensor share = nn.functional.softmax(log.Plus(lambda.unsqueeze(2)), 1).mean([2]).AtLeast(Tiny).log();

            // At most one of the two sides is away from zero, since the lower bound is not above the upper.
            Tensor raise = lambda.Plus(lower).sub(share).maximum(zero).AtMost(SlackCost);
            Tensor cut = lambda.Plus(upper).sub(share).minimum(zero);
            lambda = raise.Plus(cut).MoveToOuterDisposeScope();
        }

        return nn.functional.log_softmax(log.Plus(lambda.unsqueeze(2)), 1).MoveToOuterDisposeScope();
    }

    private static double Logarithm(double share) => double.IsNaN(share) ? 0 : Math.Log(Math.Max(Tiny, share));

    private static Tensor Row(double[] values, Device device) =>
        tensor([.. values.Select(static value => (float)value)], device: device).unsqueeze(0);
}

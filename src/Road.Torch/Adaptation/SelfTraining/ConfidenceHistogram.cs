using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Adaptation;

/// <summary>
/// How confident the teacher has been of the pixels of each class in recent batches: counts, <c>batches x K x bins, int64</c>, so that
/// sums do not depend on their order.
/// </summary>
internal static class ConfidenceHistogram
{
    /// <summary>How many batches are recent.</summary>
    public const int Batches = 16;

    /// <summary>Steps of the confidence.</summary>
    public const int Bins = 100;

    /// <summary>An empty histogram.</summary>
    public static Tensor Create(int classCount, Device device) => zeros([Batches, classCount, Bins], ScalarType.Int64, device);

    /// <summary>Puts a batch in the place of the one of <see cref="Batches"/> steps before.</summary>
    /// <param name="histogram">The histogram, changed in place.</param>
    /// <param name="iteration">The step, from 0; twice the same one counts once.</param>
    /// <param name="confidences">Probabilities, <c>N x H x W, float32</c>.</param>
    /// <param name="classes">Class indices, <c>N x H x W, int64</c>.</param>
    public static void Enter(Tensor histogram, long iteration, Tensor confidences, Tensor classes)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor bins = confidences.Times(Bins).floor().AtMost(Bins - 1);
        Tensor cells = classes.to(ScalarType.Float32).Times(Bins).Plus(bins).to(ScalarType.Int64).flatten();
        Tensor counts = zeros([histogram.shape[1] * Bins], ScalarType.Int64, histogram.device).scatter_add_(0, cells, ones_like(cells));
        histogram.select(0, iteration % Batches).copy_(counts.view(histogram.shape[1], Bins));
    }

    /// <summary>The median confidence of each class, rounded down to the bins: at least half of its pixels reach it.</summary>
    /// <param name="histogram">The histogram.</param>
    /// <returns>A vector of K values, <c>float32</c>; 0 for a class without pixels.</returns>
    public static Tensor Medians(Tensor histogram)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor below = histogram.sum([0]).cumsum(1);
        Tensor total = below.narrow(1, Bins - 1, 1);
        return below.lt(total.sub(below)).sum([1]).to(ScalarType.Float32).Times(1.0 / Bins).MoveToOuterDisposeScope();
    }
}

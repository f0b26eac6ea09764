using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Adaptation;

/// <summary>
/// Multinomial logistic regression on standardised features: the minimum of the cross-entropy against given distributions plus
/// <c>decay / 2</c> times the squared weights, by Nesterov's accelerated gradient from zero weights, the same for the same data.
/// </summary>
internal sealed class SoftmaxRegression : IDisposable
{
    private const int PowerIterations = 20;

    private readonly Tensor _mean;
    private readonly Tensor _deviation;
    private readonly Tensor _weights;

    private SoftmaxRegression(Tensor mean, Tensor deviation, Tensor weights)
    {
        _mean = mean.DetachFromDisposeScope();
        _deviation = deviation.DetachFromDisposeScope();
        _weights = weights.DetachFromDisposeScope();
    }

    /// <summary>Fits the regression.</summary>
    /// <param name="features"><c>M x C, float32</c>.</param>
    /// <param name="targets">Distributions over the classes, <c>M x K, float32</c>.</param>
    /// <param name="decay">The weight decay, positive.</param>
    /// <param name="iterations">Gradient steps over all rows.</param>
    public static SoftmaxRegression Fit(Tensor features, Tensor targets, double decay, int iterations)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor mean = features.mean([0]);
        Tensor centred = features.sub(mean);
        Tensor deviation = centred.mul(centred).mean([0]).sqrt().AtLeast(1e-6);
        Tensor x = WithBias(centred.div(deviation));
        Tensor transposed = x.t().Times(1.0 / x.shape[0]);

        // The curvature of the cross-entropy is at most half the largest eigenvalue of the features' second moment.
        Tensor direction = ones([x.shape[1], 1], device: x.device);
        Tensor norm = direction.norm();
        for (int i = 0; i < PowerIterations; i++)
        {
            direction = transposed.matmul(x.matmul(direction.div(norm)));
            norm = direction.norm();
        }

        Tensor curvature = norm.Times(0.5);
        curvature.PlusInPlace(ones_like(curvature), decay);
        Tensor rate = curvature.reciprocal();
        Tensor weights = zeros([x.shape[1], targets.shape[1]], device: x.device);
        Tensor ahead = weights;
        for (int i = 0; i < iterations; i++)
        {
            using DisposeScope step = NewDisposeScope();
            Tensor gradient = transposed.matmul(nn.functional.softmax(x.matmul(ahead), 1).sub(targets)).Plus(ahead.Times(decay));
            Tensor next = ahead.sub(gradient.mul(rate));
            ahead = next.Plus(next.sub(weights).Times(i / (i + 3.0))).MoveToOuterDisposeScope();
            weights = next.MoveToOuterDisposeScope();
        }

        return new SoftmaxRegression(mean, deviation, weights);
    }

    /// <summary>The logarithms of the classes' probabilities.</summary>
    /// <param name="features"><c>M x C, float32</c>.</param>
    /// <returns><c>M x K, float32</c>.</returns>
    public Tensor Predict(Tensor features)
    {
        using DisposeScope scope = NewDisposeScope();
        return nn.functional.log_softmax(WithBias(features.sub(_mean).div(_deviation)).matmul(_weights), 1).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        _mean.Dispose();
        _deviation.Dispose();
        _weights.Dispose();
    }

    private static Tensor WithBias(Tensor rows) => cat([rows, ones([rows.shape[0], 1], device: rows.device)], 1);
}

using Road.Torch.Adaptation;
using static TorchSharp.torch;

namespace Road.MLNet.Tests.Extension;

/// <summary>
/// An adaptation method of one's own, the one class that it needs: correlation alignment (Sun and Saenko, ECCV 2016 workshops), the squared
/// distance of the covariances of source and target features.
/// </summary>
public sealed class CorrelationAlignment : AdaptationMethod
{
    /// <summary>The weight of the loss, 0 (off) or more.</summary>
    public double Weight { get; set; } = 0.1;

    /// <inheritdoc/>
    public override string Name => "correlation-alignment";

    /// <inheritdoc/>
    public override bool IsOn => Weight > 0;

    /// <inheritdoc/>
    public override Adapter Create(AdaptationContext context) => new Aligner(Weight);

    private sealed class Aligner(double weight) : Adapter
    {
        public override IEnumerable<LossTerm> Losses(AdaptationStep step)
        {
            Tensor difference = Covariance(step.SourceFeatures.Last) - Covariance(step.TargetFeatures.Last);
            Tensor loss = difference.square().mean();
            return [new LossTerm("L_coral", loss, loss * weight)];
        }

        /// <summary>From N x C x h x w to C x C, float32.</summary>
        private static Tensor Covariance(Tensor features)
        {
            Tensor activations = features.to(ScalarType.Float32).permute(0, 2, 3, 1).flatten(0, 2);
            Tensor centred = activations - activations.mean([0], keepdim: true);
            return centred.t().matmul(centred) / (double)activations.shape[0];
        }
    }
}

using System.Globalization;
using static TorchSharp.torch;

namespace Road.Torch.Adaptation;

/// <summary>
/// Target guided distillation (Chen, Li and Van Gool, CVPR 2018, Eq. 1): the backbone's last map stays near that of its frozen, pretrained
/// twin. It reports <c>L_dist</c>.
/// </summary>
public sealed class Distillation : AdaptationMethod
{
    internal const double DefaultWeight = 0.1;

    /// <summary>lambda1 of Eq. 5: 0 (off) to 1000, 0.1 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double Weight
    {
        get;
        set => field = OptionGuard.Between(value, 0, 1000);
    } = DefaultWeight;

    /// <summary>The domain that is distilled on: target by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public DistillationDomain Domain
    {
        get;
        set => field = OptionGuard.Defined(value);
    } = DistillationDomain.Target;

    /// <summary>
    /// The first step, from 0, without the loss: 0 to 10,000,000; null (the default, and the paper's) for none. Beside
    /// <see cref="SelfTraining"/>, which learns features of its own, let go where it begins.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int? EndIteration
    {
        get;
        set => field = value is { } step ? OptionGuard.Between(step, 0, 10_000_000) : null;
    }

    /// <inheritdoc/>
    public override string Name => "distillation";

    /// <inheritdoc/>
    public override bool IsOn => Weight > 0 && !IsLeftOut;

    /// <summary>Whether there is nothing to distil, as each training finds out before it starts.</summary>
    internal bool IsLeftOut { get; set; }

    /// <inheritdoc/>
    public override bool NeedsTarget => Domain == DistillationDomain.Target;

    /// <inheritdoc/>
    public override bool NeedsPretrainedBackbone => true;

    /// <inheritdoc/>
    internal override IEnumerable<KeyValuePair<string, object>> FurtherFacts =>
        EndIteration is { } step ? [.. base.FurtherFacts, new(nameof(EndIteration), step)] : base.FurtherFacts;

    /// <inheritdoc/>
    public override Adapter Create(AdaptationContext context) => new Distiller(Weight, Domain, EndIteration ?? long.MaxValue);

    /// <inheritdoc/>
    public override string ToString()
    {
        string end = EndIteration is { } step ? string.Create(CultureInfo.InvariantCulture, $", up to step {step}") : string.Empty;
        return string.Create(
            CultureInfo.InvariantCulture, $"distillation on the {Domain.ToString().ToLowerInvariant()} (lambda1 {Weight}{end})");
    }

    private sealed class Distiller(double weight, DistillationDomain domain, long end) : Adapter
    {
        public override IEnumerable<LossTerm> Losses(AdaptationStep step)
        {
            if (step.Iteration >= end)
            {
                return [];
            }

            bool ofTarget = domain == DistillationDomain.Target;
            Tensor student = (ofTarget ? step.TargetFeatures : step.SourceFeatures).Last;
            Tensor loss = DistillationLoss.Compute(
                student.to(ScalarType.Float32), step.PretrainedFeatures(ofTarget).to(ScalarType.Float32));
            return [new LossTerm("L_dist", loss, loss.Times(weight))];
        }
    }
}

using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Adaptation;

/// <summary>
/// Spatial-aware adaptation (Chen, Li and Van Gool, CVPR 2018, Eq. 2-4): a pixel-level domain classifier for each region of the original
/// image, which the features are trained against. It reports <c>L_spt</c>.
/// </summary>
public sealed class SpatialAlignment : AdaptationMethod
{
    internal const double DefaultWeight = 0.01;

    /// <summary>lambda2 of Eq. 5: 0 (off) to 1000, 0.01 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double Weight
    {
        get;
        set => field = OptionGuard.Between(value, 0, 1000);
    } = DefaultWeight;

    /// <summary>What lambda2 scales; the features' gradient is the same in both readings.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public SpatialWeightReading WeightReading
    {
        get;
        set => field = OptionGuard.Defined(value);
    } = SpatialWeightReading.Scaled;

    /// <summary>Rows of the partition of the image: 1 to 16, 3 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int Rows
    {
        get;
        set => field = OptionGuard.Between(value, 1, 16);
    } = 3;

    /// <summary>Columns of the partition of the image: 1 to 16, 3 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int Columns
    {
        get;
        set => field = OptionGuard.Between(value, 1, 16);
    } = 3;

    /// <summary>How the features are trained against the domain classifiers: gradient reversal by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public DomainAdversary Adversary
    {
        get;
        set => field = OptionGuard.Defined(value);
    } = DomainAdversary.GradientReversal;

    /// <inheritdoc/>
    public override string Name => "spatial-alignment";

    /// <inheritdoc/>
    public override bool IsOn => Weight > 0;

    /// <inheritdoc/>
    public override Adapter Create(AdaptationContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new Aligner(this, context);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"spatial alignment in {Rows} x {Columns} regions (lambda2 {Weight})");

    private sealed class Aligner : Adapter
    {
        private readonly SpatialAdaptation _classifiers;
        private readonly double _weight;
        private readonly bool _isLiteral;
        private readonly DomainAdversary _adversary;

        public Aligner(SpatialAlignment method, AdaptationContext context)
        {
            _weight = method.Weight;
            _isLiteral = method.WeightReading == SpatialWeightReading.Literal;
            _adversary = method.Adversary;
            _classifiers = new SpatialAdaptation(context.FeatureChannels, new RegionGrid(method.Rows, method.Columns));
            _classifiers.to(context.Device);
            using Generator generator = new((ulong)context.Seed, context.Device);
            _classifiers.InitializeWeights(generator);
        }

        public override nn.Module Trained => _classifiers;

        public override IEnumerable<LossTerm> Losses(AdaptationStep step)
        {
            if (_adversary == DomainAdversary.GradientReversal)
            {
                return _classifiers.Loss(
                    step.Features.Last, step.Batch.Windows, step.Batch.SourceCount, _isLiteral ? 1 : _weight) is { } loss
                    ? [new LossTerm("L_spt", loss, _isLiteral ? loss.Times(_weight) : loss)]
                    : [];
            }

            return _classifiers.AlternatingLosses(
                step.Features.Last, step.Batch.Windows, step.Batch.SourceCount, FeatureObjective.InvertedLabels)
                is (Tensor own, Tensor inverted)
                ? [new LossTerm("L_spt", own, (_isLiteral ? own.Times(_weight) : own).Plus(inverted.Times(_weight)))]
                : [];
        }

        internal override IReadOnlyDictionary<string, string> EarlierNames =>
            _classifiers.state_dict().Keys.ToDictionary(static name => name, static name => "classifiers." + name);
    }
}

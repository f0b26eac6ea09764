using Road.Torch.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Adaptation;

/// <summary><see cref="FcnsInTheWild"/> at work.</summary>
internal sealed class FcnsInTheWildAdapter : Adapter
{
    private const string Method = "FCNs in the Wild";

    private readonly SpatialAdaptation _classifier;
    private readonly int _classCount;
    private readonly double _alignmentWeight;
    private readonly double _constraintWeight;

    public FcnsInTheWildAdapter(FcnsInTheWild method, AdaptationContext context)
    {
        _classCount = context.ClassCount;
        _alignmentWeight = method.AlignmentWeight;
        _constraintWeight = method.ConstraintWeight;
        _classifier = new SpatialAdaptation(context.FeatureChannels, new RegionGrid(1, 1));
        _classifier.to(context.Device);
        using Generator generator = new((ulong)context.Seed, context.Device);
        _classifier.InitializeWeights(generator);
    }

    public override nn.Module Trained => _classifier;

    /// <summary>The statistics of the source labels; null before <see cref="Prepare"/>.</summary>
    public ClassSizes? Sizes { get; private set; }

    public override void Prepare(IEnumerable<TrainingBatch> source, Func<TrainingBatch, Tensor> images) =>
        Sizes = ClassSizes.Of(source.SelectMany(static batch => batch.Labels.Chunk(batch.Size * batch.Size)), _classCount)
            ?? throw Preparation.NoLabels(Method);

    public override IEnumerable<LossTerm> Losses(AdaptationStep step)
    {
        ClassSizes sizes = Sizes ?? throw Preparation.Missing(Method);
        List<LossTerm> terms = [];
        if (_alignmentWeight > 0
            && _classifier.AlternatingLosses(step.Features.Last, step.Batch.Windows, step.Batch.SourceCount, FeatureObjective.Confusion)
                is (Tensor own, Tensor features))
        {
            terms.Add(new LossTerm("L_da", own, own.Plus(features.Times(_alignmentWeight))));
        }

        if (_constraintWeight > 0)
        {
            Tensor constraint = SizeConstraintLoss.Compute(step.TargetLogits.to(ScalarType.Float32), sizes);
            terms.Add(new LossTerm("L_mi", constraint, constraint.Times(_constraintWeight)));
        }

        return terms;
    }

    internal override IReadOnlyDictionary<string, string> EarlierNames =>
        _classifier.named_parameters().Index().ToDictionary(static pair => pair.Item.name, static pair => $"rival.{pair.Index}");
}

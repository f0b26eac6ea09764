using Road.Torch.Data;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.Torch.Adaptation;

/// <summary>
/// FCNs in the Wild (Hoffman, Wang, Yu and Darrell, 2016, arXiv 1612.02649): global alignment and category-specific
/// constraints, <c>L_seg + L_da + L_mi</c>.
/// </summary>
/// <remarks>
/// <para>
/// L_da: one pixel-level domain classifier over all activations of the backbone's last map minimises the cross-entropy L_D on
/// features that it cannot move, while the features minimise <c>1/2 (L_D + L_Dinv)</c> through a classifier that they cannot
/// move, where L_Dinv has the labels inverted. The value reported is L_D. The paper does not say what the classifier looks
/// like: it is that of one ROAD region, and the losses are means over activations.
/// </para>
/// <para>
/// L_mi: <see cref="SizeConstraintLoss"/>. An image is a crop here, padding included, in the statistics as in the constraint,
/// since a network that trains on crops never sees more. The losses act from the first step, as in every other method, so
/// that trainings of one length compare.
/// </para>
/// </remarks>
internal sealed class FcnsInTheWild : RivalAdaptation
{
    private const string Method = "FCNs in the Wild";

    private readonly SpatialAdaptation classifier;
    private readonly int classCount;
    private readonly double alignmentWeight;
    private readonly double constraintWeight;

    public FcnsInTheWild(int channels, int classCount, double alignmentWeight, double constraintWeight, Device device, long seed)
    {
        this.classCount = classCount;
        this.alignmentWeight = alignmentWeight;
        this.constraintWeight = constraintWeight;
        classifier = new SpatialAdaptation(channels, new RegionGrid(1, 1));
        classifier.to(device);
        using Generator generator = new((ulong)seed, device);
        classifier.InitializeWeights(generator);
    }

    public override IEnumerable<Parameter> Parameters => classifier.parameters();

    /// <summary>The statistics of the source labels; null before <see cref="Prepare"/>.</summary>
    public ClassSizes? Sizes { get; private set; }

    public override void Prepare(IEnumerable<TrainingBatch> source, Func<TrainingBatch, Tensor> images) =>
        Sizes = ClassSizes.Of(source.SelectMany(static batch => batch.Labels.Chunk(batch.Size * batch.Size)), classCount) ?? throw NoLabels(Method);

    public override IEnumerable<AdaptationTerm> Losses(AdaptationInput input)
    {
        ClassSizes sizes = Sizes ?? throw NotPrepared(Method);
        List<AdaptationTerm> terms = [];
        if (alignmentWeight > 0
            && classifier.AlternatingLosses(
                input.Features.to(ScalarType.Float32), input.Batch.Windows, input.Batch.SourceCount, FeatureObjective.Confusion) is (Tensor own, Tensor features))
        {
            terms.Add(new AdaptationTerm("L_da", own, own.Plus(features.Times(alignmentWeight))));
        }

        if (constraintWeight > 0)
        {
            Tensor constraint = SizeConstraintLoss.Compute(input.TargetLogits.to(ScalarType.Float32), sizes);
            terms.Add(new AdaptationTerm("L_mi", constraint, constraint.Times(constraintWeight)));
        }

        return terms;
    }

    public override void Dispose() => classifier.Dispose();
}

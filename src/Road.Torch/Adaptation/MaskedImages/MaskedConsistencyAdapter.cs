using Road.Torch.Data;
using Road.Torch.Training;
using static TorchSharp.torch;

namespace Road.Torch.Adaptation;

/// <summary><see cref="MaskedConsistency"/> at work.</summary>
internal sealed class MaskedConsistencyAdapter(MaskedConsistency method, AdaptationContext context) : PseudoLabelAdapter(method, context)
{
    private readonly double _weight = method.Weight;
    private readonly int _blockSize = method.BlockSize;
    private readonly double _maskedShare = method.MaskedShare;
    private readonly string _name = method.Name;

    public override IEnumerable<LossTerm> Losses(AdaptationStep step) => [];

    public override IEnumerable<LossTerm> SeparateLosses(AdaptationStep step)
    {
        if (!HasBegun(step))
        {
            yield break;
        }

        (Tensor pseudoLabels, Tensor weights) = Label(step);
        TrainingBatch batch = step.Batch;
        Random random = step.CreateRandom(_name);
        Tensor images = Change(step.TargetImages, random);
        Tensor shown = BlockMask.Draw(batch.TargetCount, batch.Size, _blockSize, _maskedShare, random)
            .ToTensor(batch.TargetCount, 1, batch.Size, batch.Size).MoveTo(Device);
        Tensor loss = SegmentationLoss.Compute(step.Forward(images.mul(shown)).to(ScalarType.Float32), pseudoLabels, weights);
        yield return new LossTerm("L_mask", loss, loss.Times(_weight));
    }
}

using Road.Torch.Data;
using Road.Torch.Training;
using static TorchSharp.torch;

namespace Road.Torch.Adaptation;

/// <summary><see cref="SelfTraining"/> at work.</summary>
internal sealed class SelfTrainingAdapter(SelfTraining method, AdaptationContext context) : PseudoLabelAdapter(method, context)
{
    private readonly double _weight = method.Weight;
    private readonly double _distanceWeight = method.FeatureDistanceWeight;
    private readonly double _thingShare = method.ThingShare;
    private readonly bool[] _isThing = [.. Enumerable.Range(0, context.ClassCount).Select(method.ThingClasses.Contains)];
    private readonly string _name = method.Name;

    public override IEnumerable<LossTerm> Losses(AdaptationStep step)
    {
        if (_distanceWeight == 0)
        {
            return [];
        }

        Tensor features = step.SourceFeatures.Last.to(ScalarType.Float32);
        float[] mask = ThingFeatureDistance.Mask(
            step.Batch.Labels, step.Batch.Size, (int)features.shape[2], (int)features.shape[3], _isThing, _thingShare);
        return ThingFeatureDistance.Compute(features, step.PretrainedFeatures(ofTarget: false).to(ScalarType.Float32), mask) is { } loss
            ? [new LossTerm("L_fd", loss, loss.Times(_distanceWeight))]
            : [];
    }

    public override IEnumerable<LossTerm> SeparateLosses(AdaptationStep step)
    {
        if (!HasBegun(step))
        {
            yield break;
        }

        (Tensor pseudoLabels, Tensor weights) = Label(step);
        TrainingBatch batch = step.Batch;
        Random random = step.CreateRandom(_name);
        (byte[] pasted, int[] sources) = ClassMix.Draw(batch.Labels, batch.Size, batch.TargetCount, random);
        Tensor mask = pasted.ToTensor(batch.TargetCount, batch.Size, batch.Size).MoveTo(Device).DiffersFrom(0);
        Tensor chosen = tensor([.. sources.Select(static source => (long)source)], device: Device);
        Tensor labels = batch.Labels.ToTensor(batch.SourceCount, batch.Size, batch.Size).MoveTo(Device).to(ScalarType.Int64);
        Tensor images = where(mask.unsqueeze(1), step.SourceImages.index_select(0, chosen), step.TargetImages);
        Tensor loss = SegmentationLoss.Compute(
            step.Forward(Change(images, random)).to(ScalarType.Float32),
            where(mask, labels.index_select(0, chosen), pseudoLabels),
            where(mask, ones_like(weights), weights));
        yield return new LossTerm("L_mix", loss, loss.Times(_weight));
    }
}

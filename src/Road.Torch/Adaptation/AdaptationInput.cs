using Road.Torch.Data;
using static TorchSharp.torch;

namespace Road.Torch.Adaptation;

/// <summary>What a step offers to an adaptation loss.</summary>
/// <param name="Batch">The crops.</param>
/// <param name="TargetImages">The normalised target crops, <c>N x 3 x H x W</c>.</param>
/// <param name="Features">The backbone's last map of source crops, then of target crops, <c>M x C x h x w</c>, with its graph.</param>
/// <param name="TargetLogits">The logits of the target crops at the classifier's resolution, <c>N x K x h' x w'</c>, with their graph.</param>
internal sealed record AdaptationInput(TrainingBatch Batch, Tensor TargetImages, Tensor Features, Tensor TargetLogits);

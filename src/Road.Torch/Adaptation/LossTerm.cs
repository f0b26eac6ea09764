using static TorchSharp.torch;

namespace Road.Torch.Adaptation;

/// <summary>A loss of an adaptation method in one step.</summary>
/// <param name="Name">Its name in logs, such as <c>L_dist</c>; no other method of the training has it.</param>
/// <param name="Value">What is reported, before weights; a scalar, <c>float32</c>.</param>
/// <param name="Total">What the step minimises, weights included; a scalar, <c>float32</c>, with its graph.</param>
public readonly record struct LossTerm(string Name, Tensor Value, Tensor Total);

using static TorchSharp.torch;

namespace Road.Torch.Adaptation;

/// <summary>A loss of an adaptation method.</summary>
/// <param name="Name">Its name in logs, such as <c>L_da</c>.</param>
/// <param name="Loss">The value that is reported, before weights; a scalar, <c>float32</c>.</param>
/// <param name="Total">What the step minimises, weights included; a scalar, <c>float32</c>, with its graph.</param>
internal readonly record struct AdaptationTerm(string Name, Tensor Loss, Tensor Total);

using static TorchSharp.torch;

namespace Road.Torch.Training;

/// <summary>
/// What happens to gradients between the backward pass and the optimiser, such as the mean over several processes. A training alone needs
/// none.
/// </summary>
public interface IGradientExchange
{
    /// <summary>Changes gradients in place, in every step and in the same order everywhere.</summary>
    /// <param name="gradients">
    /// The gradients of all parameters that are trained, in a fixed order, each in the parameter's shape, type and device; null where a
    /// parameter had no part in the step.
    /// </param>
    void Average(IReadOnlyList<Tensor?> gradients);
}

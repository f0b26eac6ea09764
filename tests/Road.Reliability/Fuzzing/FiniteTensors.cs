using TorchSharp;
using static TorchSharp.torch;

namespace Road.Reliability.Fuzzing;

/// <summary>Looks for numbers that are not finite.</summary>
internal static class FiniteTensors
{
    /// <summary>The name of a tensor with a number that is not finite, or null.</summary>
    public static string? Find(IEnumerable<KeyValuePair<string, Tensor>> tensors)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach ((string name, Tensor tensor) in tensors)
        {
            if (!tensor.isfinite().all().item<bool>())
            {
                return name;
            }
        }

        return null;
    }
}

using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Weights;

/// <summary>Finds tensors that hold NaN or infinity.</summary>
internal static class FiniteTensors
{
    /// <summary>Whether every number of a tensor is finite; one reduction, and no copy.</summary>
    /// <param name="tensor">A tensor of any type and shape, on any device; one without data counts as finite.</param>
    public static bool IsFinite(Tensor tensor)
    {
        if (!tensor.is_floating_point() || tensor.numel() == 0 || tensor.device_type == DeviceType.META)
        {
            return true;
        }

        // A NaN anywhere is both the least and the greatest.
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        (Tensor least, Tensor greatest) = tensor.detach().aminmax();
        return double.IsFinite(least.to(ScalarType.Float64).item<double>())
            && double.IsFinite(greatest.to(ScalarType.Float64).item<double>());
    }

    /// <summary>The name of the first tensor that holds a number that is not finite; null where none does.</summary>
    public static string? FindDefect(IEnumerable<KeyValuePair<string, Tensor>> tensors)
    {
        foreach ((string name, Tensor tensor) in tensors)
        {
            if (!IsFinite(tensor))
            {
                return name;
            }
        }

        return null;
    }
}

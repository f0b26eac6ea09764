using Road.Torch.Tests.Parity;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Networks;

/// <summary>
/// Fills tensors by a formula of their name and shape, the same as in <c>tests/fixtures/networks.py</c> to the bit, so that
/// fixtures need no weights.
/// </summary>
internal static class FormulaWeights
{
    /// <summary>Fills every parameter and floating-point buffer of a network but its feature scale.</summary>
    public static void Fill(nn.Module module)
    {
        using IDisposable noGradient = no_grad();
        foreach ((string name, Tensor tensor) in module.state_dict())
        {
            if (!name.EndsWith("num_batches_tracked", StringComparison.Ordinal) && name != "feature_scale")
            {
                using Tensor values = Create(name, tensor.shape);
                tensor.copy_(values);
            }
        }
    }

    public static Tensor Create(string name, params long[] shape)
    {
        (float scale, float offset) = Range(name, shape);
        int count = (int)shape.Aggregate(1L, (product, size) => product * size);
        float[] values = [.. Formula.Bits(name, count).Select(z => ((((z >> 40) * (1f / (1 << 23))) - 1) * scale) + offset)];
        return tensor(values, shape);
    }

    private static (float Scale, float Offset) Range(string name, long[] shape) => name[(name.LastIndexOf('.') + 1)..] switch
    {
        "input" => (1, 0),
        _ when shape.Length > 1 => ((float)Math.Sqrt(6.0 / shape.Skip(1).Aggregate(1L, (product, size) => product * size)), 0),
        "running_var" => (0.5f, 1),
        "weight" => (0.25f, 0.75f),
        _ => (0.1f, 0),
    };
}

using System.Text;
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
        ulong seed = 0xCBF29CE484222325;
        foreach (byte value in Encoding.UTF8.GetBytes(name))
        {
            seed = (seed ^ value) * 0x100000001B3;
        }

        (float scale, float offset) = Range(name, shape);
        float[] values = new float[shape.Aggregate(1L, (product, size) => product * size)];
        for (int i = 0; i < values.Length; i++)
        {
            ulong z = ((ulong)(i + 1) * 0x9E3779B97F4A7C15) + seed;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            z ^= z >> 31;
            float unit = ((z >> 40) * (1f / (1 << 23))) - 1;
            values[i] = (unit * scale) + offset;
        }

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

using System.Text;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Parity;

/// <summary>Numbers that follow from a name by an integer hash, the same as in the scripts that write the fixtures.</summary>
internal static class Formula
{
    /// <summary>64 random-looking bits for every index: SplitMix64, started from the FNV-1a hash of the name.</summary>
    public static IEnumerable<ulong> Bits(string name, int count)
    {
        ulong seed = 0xCBF29CE484222325;
        foreach (byte value in Encoding.UTF8.GetBytes(name))
        {
            seed = (seed ^ value) * 0x100000001B3;
        }

        for (ulong i = 1; i <= (ulong)count; i++)
        {
            ulong z = (i * 0x9E3779B97F4A7C15) + seed;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            yield return z ^ (z >> 31);
        }
    }

    /// <summary>The upper 32 of those bits.</summary>
    public static uint[] Hashes(string name, int count) => [.. Bits(name, count).Select(bits => (uint)(bits >> 32))];

    /// <summary>Values from -scale to scale.</summary>
    public static Tensor Uniform(string name, long[] shape, double scale) => tensor(
        Hashes(name, (int)shape.Aggregate((a, b) => a * b)).Select(hash => (float)(((hash / 2147483648.0) - 1) * scale)).ToArray(), shape);

    /// <summary>A weight with Kaiming's deviation, or a small bias.</summary>
    public static Tensor Weight(string name, long[] shape, double gain = 1) =>
        Uniform(name, shape, shape.Length == 1 ? 0.05 : gain * Math.Sqrt(6.0 / shape.Skip(1).Aggregate((a, b) => a * b)));

    /// <summary>Bytes below a bound.</summary>
    public static byte[] Bytes(string name, int count, uint bound) => [.. Hashes(name, count).Select(hash => (byte)(hash % bound))];

    /// <summary>Sets every parameter by its name.</summary>
    public static void Fill(nn.Module module, Func<string, double> gain, string prefix = "")
    {
        using IDisposable noGradient = no_grad();
        using TorchSharp.DisposeScope scope = NewDisposeScope();
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in module.named_parameters())
        {
            parameter.copy_(Weight(prefix + name, parameter.shape, gain(prefix + name)));
        }
    }
}

using static TorchSharp.torch;

namespace Road.Torch.Tests.Parity;

/// <summary>Numbers that follow from a name by an integer hash, the same as in the scripts that write the fixtures.</summary>
internal static class Formula
{
    /// <summary>32 random-looking bits for every index.</summary>
    public static uint[] Hashes(string name, int count)
    {
        uint seed = 2166136261;
        foreach (char c in name)
        {
            seed = (seed ^ c) * 16777619;
        }

        uint[] hashes = new uint[count];
        for (uint i = 0; i < count; i++)
        {
            uint x = seed + (i * 2654435761);
            x = (x ^ (x >> 16)) * 0x7FEB352D;
            x = (x ^ (x >> 15)) * 0x846CA68B;
            hashes[i] = x ^ (x >> 16);
        }

        return hashes;
    }

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

using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Networks;

/// <summary>Starting values for parameters, drawn from an explicit generator so that a seed decides them.</summary>
public static class WeightInitialization
{
    /// <summary>
    /// Every weight of more than one dimension from a normal distribution with the deviation <c>sqrt(2 / fan-in)</c>
    /// (He et al., 2015); vectors (biases) become zero, but those named <c>weight</c> (norm scales) become one.
    /// </summary>
    /// <param name="module">The module whose parameters are set.</param>
    /// <param name="generator">The source of randomness; it must live on the parameters' device.</param>
    public static void KaimingNormal(nn.Module module, Generator generator) =>
        Fill(module, shape => Math.Sqrt(2.0 / shape.Skip(1).Aggregate(1L, (product, size) => product * size)), generator);

    /// <summary>
    /// Every weight of more than one dimension from a normal distribution of a fixed deviation; vectors as in <see cref="KaimingNormal"/>.
    /// </summary>
    /// <param name="module">The module whose parameters are set.</param>
    /// <param name="standardDeviation">The deviation, positive.</param>
    /// <param name="generator">The source of randomness; it must live on the parameters' device.</param>
    public static void Normal(nn.Module module, double standardDeviation, Generator generator)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(standardDeviation);
        Fill(module, _ => standardDeviation, generator);
    }

    /// <summary>Sets every parameter to zero.</summary>
    /// <param name="module">The module whose parameters are set.</param>
    public static void Zero(nn.Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        using IDisposable noGradient = no_grad();
        foreach (TorchSharp.Modules.Parameter parameter in module.parameters())
        {
            parameter.zero_();
        }
    }

    /// <summary>
    /// Makes convolutions keep their input: the middle tap from each channel to itself is 1, all others and the biases are 0
    /// (Yu and Koltun, 2016, section 3).
    /// </summary>
    /// <param name="module">A module whose weights of four dimensions are square in channels and odd in height and width.</param>
    internal static void Identity(nn.Module module)
    {
        Zero(module);
        using IDisposable noGradient = no_grad();
        foreach (TorchSharp.Modules.Parameter weight in module.parameters().Where(static parameter => parameter.dim() == 4))
        {
            using DisposeScope scope = NewDisposeScope();
            weight.select(3, weight.shape[3] / 2).select(2, weight.shape[2] / 2).diagonal().Fill(1);
        }
    }

    /// <summary>
    /// Makes transposed convolutions with a kernel of twice their stride interpolate each channel bilinearly (Long et al.,
    /// 2015, section 3.3).
    /// </summary>
    /// <param name="weight">The kernel, <c>K x K x 2s x 2s</c>, input channels first.</param>
    internal static void Bilinear(TorchSharp.Modules.Parameter weight)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        long size = weight.shape[3];
        double centre = (size - 1) / 2.0;
        float[] taps = [.. Enumerable.Range(0, (int)size).Select(i => (float)(1 - (Math.Abs(i - centre) * 2 / size)))];
        Tensor line = tensor(taps, device: weight.device);
        Tensor kernel = line.unsqueeze(1).mul(line);
        weight.zero_();
        weight.diagonal(0, 0, 1).copy_(kernel.unsqueeze(2));
    }

    private static void Fill(nn.Module module, Func<long[], double> deviation, Generator generator)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(generator);
        using IDisposable noGradient = no_grad();
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in module.named_parameters())
        {
            if (parameter.dim() > 1)
            {
                parameter.normal_(0, deviation(parameter.shape), generator);
            }
            else
            {
                parameter.Fill(name.EndsWith("weight", StringComparison.Ordinal) ? 1 : 0);
            }
        }
    }
}

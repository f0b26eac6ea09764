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

    /// <summary>Every weight of more than one dimension from a normal distribution of a fixed deviation; vectors as in <see cref="KaimingNormal"/>.</summary>
    /// <param name="module">The module whose parameters are set.</param>
    /// <param name="standardDeviation">The deviation, positive.</param>
    /// <param name="generator">The source of randomness; it must live on the parameters' device.</param>
    public static void Normal(nn.Module module, double standardDeviation, Generator generator)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(standardDeviation);
        Fill(module, _ => standardDeviation, generator);
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

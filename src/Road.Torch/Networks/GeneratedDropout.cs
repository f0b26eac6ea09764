using Road.Torch.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Networks;

/// <summary>
/// Dropout (Srivastava et al., 2014) with a generator of its own: the seed of the initial weights decides its choices too,
/// whatever else draws from libtorch's generator meanwhile.
/// </summary>
internal sealed class GeneratedDropout : nn.Module<Tensor, Tensor>, IOnnxModule
{
    private readonly double probability;
    private ulong seed;
    private Generator? generator;

    /// <summary>Creates the layer with the seed 0.</summary>
    /// <param name="probability">
    /// How likely a value becomes zero, 0 to less than 1; the others grow by <c>1 / (1 - probability)</c>.
    /// </param>
    public GeneratedDropout(double probability)
        : base("dropout")
    {
        this.probability = probability;
        RegisterComponents();
    }

    /// <summary>Starts every dropout of a module anew with a seed from a generator.</summary>
    public static void Seed(nn.Module module, Generator source)
    {
        foreach (GeneratedDropout dropout in module.modules().OfType<GeneratedDropout>())
        {
            using Tensor drawn = randint(0, long.MaxValue, [1], ScalarType.Int64, source.device, generator: source);
            dropout.seed = (ulong)drawn.item<long>();
            dropout.generator?.Dispose();
            dropout.generator = null;
        }
    }

    /// <summary>Where the layer's choices stand, as libtorch describes a generator: a vector, <c>uint8</c>, on the CPU.</summary>
    /// <param name="device">The device that the layer chooses on.</param>
    public Tensor ReadState(Device device) => GeneratorOn(device).get_state();

    /// <summary>Lets the layer choose on from a place that <see cref="ReadState"/> told.</summary>
    /// <param name="state">The place; the caller keeps it.</param>
    /// <param name="device">The device that the layer chooses on.</param>
    public void RestoreState(Tensor state, Device device) => GeneratorOn(device).set_state(state);

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        if (!training || probability == 0)
        {
            return input.alias();
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor mask = empty_like(input).bernoulli_(1 - probability, GeneratorOn(input.device));
        return input.mul(mask.TimesInPlace(1 / (1 - probability))).MoveToOuterDisposeScope();
    }

    /// <summary>Adds nothing: in evaluation mode every value passes.</summary>
    public OnnxValue Export(OnnxGraph graph, OnnxValue input) => input;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            generator?.Dispose();
        }

        base.Dispose(disposing);
    }

    private Generator GeneratorOn(Device device)
    {
        if (generator is null || generator.device.type != device.type || generator.device.index != device.index)
        {
            generator?.Dispose();
            generator = new Generator(seed, device);
        }

        return generator;
    }
}

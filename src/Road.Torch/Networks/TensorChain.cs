using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.Torch.Networks;

/// <summary>Runs modules one after the other without holding the maps between them.</summary>
internal static class TensorChain
{
    /// <summary>
    /// Runs a module on a map that nothing else reads and lets go of that map: without a graph it is freed at once, so that
    /// scoring a large image holds two maps of a stage and not all of them.
    /// </summary>
    public static Tensor Then(this Tensor input, nn.Module<Tensor, Tensor> module)
    {
        Tensor output = input.Through(module);
        input.Dispose();
        return output;
    }

    /// <summary>Runs a module on a map, a convolution in the way that suits it.</summary>
    public static Tensor Through(this Tensor input, nn.Module<Tensor, Tensor> module) =>
        module is Conv2d convolution && WinogradConvolution.Suits(convolution, input)
        ? WinogradConvolution.Apply(convolution, input)
        : module.call(input);

    /// <summary>Applies ReLU in place to a map that nothing else reads, and lets go of the handle that it came in.</summary>
    public static Tensor ThenRelu(this Tensor input)
    {
        Tensor output = input.relu_();
        if (!ReferenceEquals(input, output))
        {
            input.Dispose();
        }

        return output;
    }
}

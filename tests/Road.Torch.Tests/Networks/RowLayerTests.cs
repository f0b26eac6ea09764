using Road.Torch.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Networks;

[TestClass]
public sealed class RowLayerTests
{
    [TestMethod]
    [DataRow(1, 1, 1, 1)]
    [DataRow(3, 5, 2, 1)]
    [DataRow(3, 5, 2, 2)]
    [DataRow(1, 512, 512, 2)]
    [DataRow(272, 512, 512, 1)]
    [DataRow(272, 512, 512, 2)]
    public void ValuesAndGradientsAreThoseOfALinearLayer(int rows, int inputs, int outputs, int threads)
    {
        // libtorch chooses another convolution where it has one thread.
        using TorchThreads torchThreads = new(threads);
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(1, CPU);
        Tensor input = randn([rows, inputs], generator: generator);
        Tensor weight = randn([outputs, inputs], generator: generator) / Math.Sqrt(inputs);
        Tensor bias = randn([outputs], generator: generator);
        Tensor gradient = randn([rows, outputs], generator: generator);

        Tensor[] expected = Run(nn.functional.linear);
        Tensor[] actual = Run(RowLayer.Apply);

        foreach ((Tensor wanted, Tensor got) in expected.Zip(actual))
        {
            Sequence.AreEqual(got.shape, wanted.shape);
            Assert.IsLessThan(1e-5 * Math.Max(1, wanted.abs().max().item<float>()), (wanted - got).abs().max().item<float>());
        }

        Tensor[] Run(Func<Tensor, Tensor, Tensor?, Tensor> layer)
        {
            Tensor[] leaves = [.. new[] { input, weight, bias }.Select(static tensor => tensor.clone().requires_grad_())];
            Tensor output = layer(leaves[0], leaves[1], leaves[2]);
            output.backward([gradient]);
            return [output, .. leaves.Select(static leaf => leaf.grad!)];
        }
    }
}

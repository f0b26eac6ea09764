using Road.Torch.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Weights;

/// <summary>A module filled straight from a stream that cannot go back.</summary>
[TestClass]
public sealed class StreamedModuleTests
{
    [TestMethod]
    public void AModuleIsFilledWhateverTheOrderOfTheFile()
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (bool reversed in new[] { false, true })
        {
            using SmallBackbone module = new();
            SafetensorsFile.Load(module, new ForwardStream(Content(reversed)), "model");

            Dictionary<string, Tensor> state = module.state_dict();
            foreach ((string name, Tensor expected) in SmallBackbone.FittingTensors())
            {
                Assert.IsTrue(state[name].eq(expected).all().item<bool>(), name);
            }
        }
    }

    [TestMethod]
    public void AStreamThatEndsAnywhereIsRefused()
    {
        byte[] content = Content();
        for (int length = 0; length < content.Length; length++)
        {
            using SmallBackbone module = new();
            InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(
                () => SafetensorsFile.Load(module, new ForwardStream(content[..length]), "model"));
            StringAssert.Contains(error.Message, "'model'", StringComparison.Ordinal);
            StringAssert.Contains(error.Message, "it ends after", StringComparison.Ordinal);
        }
    }

    [TestMethod]
    public void AStreamThatGoesOnIsRefused()
    {
        using SmallBackbone module = new();
        InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(
            () => SafetensorsFile.Load(module, new ForwardStream([.. Content(), 0]), "model"));
        StringAssert.Contains(error.Message, "it goes on after", StringComparison.Ordinal);
    }

    [TestMethod]
    public void AFileOfAnotherModuleIsRefusedBeforeItsTensorsAreRead()
    {
        using DisposeScope scope = NewDisposeScope();
        using SmallBackbone module = new();
        Dictionary<string, Tensor> tensors = SmallBackbone.FittingTensors();
        tensors["conv.bias"] = zeros(9);
        Assert.ThrowsExactly<WeightsMismatchException>(
            () => SafetensorsFile.Load(module, new ForwardStream(Write(tensors)[..^30]), "model"));
    }

    [TestMethod]
    public void BytesThatHavePassedAreNotGivenAgain()
    {
        using ForwardWeightsData data = new(new MemoryStream([1, 2, 3, 4]), 4, "model");
        byte[] two = new byte[2];
        data.Copy(1, two);
        Sequence.AreEqual(two, (byte)2, (byte)3);
        Assert.ThrowsExactly<InvalidOperationException>(() => data.Copy(2, two));
    }

    private static byte[] Content(bool reversed = false)
    {
        using DisposeScope scope = NewDisposeScope();
        Dictionary<string, Tensor> tensors = SmallBackbone.FittingTensors();
        return Write(reversed ? tensors.Reverse() : tensors);
    }

    private static byte[] Write(IEnumerable<KeyValuePair<string, Tensor>> tensors)
    {
        using MemoryStream stream = new();
        SafetensorsWriter.Write(stream, tensors);
        return stream.ToArray();
    }
}

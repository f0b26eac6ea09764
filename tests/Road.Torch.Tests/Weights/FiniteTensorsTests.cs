using Road.Torch.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Weights;

/// <summary>NaN and infinity are found wherever they are, and named with tensor and file.</summary>
[TestClass]
public sealed class FiniteTensorsTests
{
    [TestMethod]
    [DataRow(ScalarType.Float64)]
    [DataRow(ScalarType.Float32)]
    [DataRow(ScalarType.Float16)]
    [DataRow(ScalarType.BFloat16)]
    public void AnyNumberThatIsNotFiniteIsFound(ScalarType type)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (double value in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity })
        {
            foreach (int place in new[] { 0, 1, 31, 4097, 9999 })
            {
                Tensor tensor = ones(100, 100, type);
                Assert.IsTrue(FiniteTensors.IsFinite(tensor));
                tensor.view(-1)[place] = value;
                Assert.IsFalse(FiniteTensors.IsFinite(tensor), $"{value} at {place}");
                Assert.IsFalse(FiniteTensors.IsFinite(tensor.t()), $"{value} at {place}, transposed");
            }
        }
    }

    [TestMethod]
    public void TheLargestNumbersAndWhatCannotBeInfiniteAreFinite()
    {
        using DisposeScope scope = NewDisposeScope();
        Assert.IsTrue(FiniteTensors.IsFinite(full(1000, float.MaxValue)));
        Assert.IsTrue(FiniteTensors.IsFinite(full(1000, double.MinValue, ScalarType.Float64)));
        Assert.IsTrue(FiniteTensors.IsFinite(full(3, 255, ScalarType.Byte)));
        Assert.IsTrue(FiniteTensors.IsFinite(ones(3, ScalarType.Bool)));
        Assert.IsTrue(FiniteTensors.IsFinite(zeros(0)));
        Assert.IsTrue(FiniteTensors.IsFinite(tensor(1f)));
    }

    [TestMethod]
    public void TheyAreNotWrittenAndWhatWasThereStays()
    {
        using DisposeScope scope = NewDisposeScope();
        using TemporaryFolder folder = new();
        SafetensorsWriter.Write(folder["w"], [new("a", ones(1))]);
        byte[] before = File.ReadAllBytes(folder["w"]);

        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(
            () => SafetensorsWriter.Write(folder["w"], [new("a", ones(2)), new("b", full(2, float.NaN))]));

        StringAssert.Contains(error.Message, folder["w"]);
        StringAssert.Contains(error.Message, "'b' holds a number that is not finite");
        CollectionAssert.AreEqual(before, File.ReadAllBytes(folder["w"]));
        Assert.ThrowsExactly<ArgumentException>(
            () => SafetensorsWriter.Write(new MemoryStream(), [new("b", full(2, float.NegativeInfinity))]));
    }

    [TestMethod]
    public void PretrainedWeightsThatHoldThemAreBlamedOnTheirFileByTheNameInIt()
    {
        using DisposeScope scope = NewDisposeScope();
        using TemporaryFolder folder = new();
        using SmallBackbone backbone = new();
        Dictionary<string, Tensor> tensors = [];
        foreach ((string name, Tensor tensor) in SmallBackbone.FittingTensors())
        {
            tensors.Add($"module.{name}", name == "norm.bias" ? full_like(tensor, float.NaN) : tensor);
        }

        using (FileStream stream = File.Create(folder["w.safetensors"]))
        {
            SafetensorsWriter.WriteWithDigest(stream, [.. tensors], new Dictionary<string, string>());
        }

        InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(
            () => BackboneWeights.FromFile(folder["w.safetensors"]).LoadInto(backbone, out _));

        StringAssert.Contains(error.Message, $"Cannot read the weights file '{folder["w.safetensors"]}'");
        StringAssert.Contains(error.Message, "'module.norm.bias' holds a number that is not finite");
    }

    [TestMethod]
    public void ANumberThatIsTooLargeForTheModuleIsNotLoaded()
    {
        using DisposeScope scope = NewDisposeScope();
        using SmallBackbone backbone = new();
        Dictionary<string, Tensor> tensors = SmallBackbone.FittingTensors();
        tensors["conv.bias"] = full(2, 1e300, ScalarType.Float64);
        using MemoryStream stream = new();
        SafetensorsWriter.Write(stream, tensors);
        stream.Position = 0;
        using SafetensorsFile file = SafetensorsFile.Read(stream, "wide");

        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => WeightsLoader.Load(backbone, file)).Message, "'conv.bias'");
    }
}

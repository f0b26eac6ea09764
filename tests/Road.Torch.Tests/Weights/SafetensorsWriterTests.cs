using System.Buffers.Binary;
using Road.Torch.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Weights;

[TestClass]
public sealed class SafetensorsWriterTests
{
    [TestMethod]
    [DataRow(ScalarType.Float64)]
    [DataRow(ScalarType.Float32)]
    [DataRow(ScalarType.Float16)]
    [DataRow(ScalarType.BFloat16)]
    [DataRow(ScalarType.Int64)]
    [DataRow(ScalarType.Int32)]
    [DataRow(ScalarType.Int16)]
    [DataRow(ScalarType.Int8)]
    [DataRow(ScalarType.Byte)]
    [DataRow(ScalarType.Bool)]
    public void EveryTypeComesBackAsItWas(ScalarType type)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor stored = arange(24).view(2, 3, 4).to(type);
        using SafetensorsFile file = RoundTrip(
            [new("scalar", stored.sum().to(type)), new("empty", zeros(0, 5, dtype: type)), new("cube", stored)]);

        Tensor read = file.ReadTensor("cube");

        Assert.AreEqual(type, read.dtype);
        Assert.IsTrue(read.eq(stored).all().item<bool>());
        Assert.IsEmpty(file.ReadTensor("scalar").shape);
        Sequence.AreEqual(file.ReadTensor("empty").shape, 0, 5);
    }

    [TestMethod]
    public void TensorLongerThanThePiecesItIsCopiedInComesBackAsItWas()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor large = (arange((1 << 26) + 5, dtype: ScalarType.Int32) % 251).to(ScalarType.Byte);
        using SafetensorsFile file = RoundTrip([new("odd", ones(3, dtype: ScalarType.Byte)), new("large", large)]);
        Assert.IsTrue(file.ReadTensor("large").eq(large).all().item<bool>());
        Sequence.AreEqual(file.ReadTensor("odd").data<byte>(), (byte)1, (byte)1, (byte)1);
    }

    [TestMethod]
    public void StridedAndParameterTensorsAreStoredInRowMajorOrder()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor matrix = arange(6, dtype: ScalarType.Float32).view(2, 3);
        using SafetensorsFile file = RoundTrip([new("t", matrix.t()), new("p", nn.Parameter(matrix.clone()))]);
        Sequence.AreEqual(file.ReadTensor("t").data<float>(), 0, 3, 1, 4, 2, 5);
        Assert.IsTrue(file.ReadTensor("p").eq(matrix).all().item<bool>());
        Assert.IsFalse(file.ReadTensor("p").requires_grad);
    }

    [TestMethod]
    public void SameContentGivesTheSameBytesWithAnAlignedHeaderInTheOrderGiven()
    {
        using DisposeScope scope = NewDisposeScope();
        KeyValuePair<string, Tensor>[] tensors = [new("z", zeros(3)), new("a", ones(1, dtype: ScalarType.Byte))];
        byte[] first = Write(tensors, new Dictionary<string, string> { ["x"] = "1", ["a"] = "ü\"" });
        byte[] second = Write(tensors, new Dictionary<string, string> { ["a"] = "ü\"", ["x"] = "1" });

        CollectionAssert.AreEqual(first, second);
        Assert.AreEqual(0UL, BinaryPrimitives.ReadUInt64LittleEndian(first) % 8);
        using SafetensorsFile file = SafetensorsFile.Read(new MemoryStream(first), "f");
        Sequence.AreEqual(file.Entries.Select(entry => entry.Name), "z", "a");
        Assert.AreEqual("ü\"", file.Metadata["a"]);
    }

    [TestMethod]
    public void TensorsWithoutAPlaceInTheFormatAreRefusedByName()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor one = ones(1);
        AssertRefused("'c'", ("c", one.to(ScalarType.ComplexFloat32)));
        AssertRefused("'m'", ("m", zeros(1, device: META)));
        AssertRefused("'__metadata__'", ("__metadata__", one));
        AssertRefused("'a'", ("a", one), ("a", one));
        AssertRefused("''", (string.Empty, one));
    }

    [TestMethod]
    public void FailureLeavesTheFileThatWasThere()
    {
        using DisposeScope scope = NewDisposeScope();
        using TemporaryFolder folder = new();
        SafetensorsWriter.Write(folder["w.safetensors"], [new("a", ones(1))]);
        byte[] before = File.ReadAllBytes(folder["w.safetensors"]);

        Assert.ThrowsExactly<ArgumentException>(
            () => SafetensorsWriter.Write(folder["w.safetensors"], [new("a", ones(1)), new("a", ones(1))]));

        CollectionAssert.AreEqual(before, File.ReadAllBytes(folder["w.safetensors"]));
        Assert.HasCount(1, Directory.GetFiles(folder.Path));
    }

    [TestMethod]
    public void WritingOverAFileReplacesIt()
    {
        using DisposeScope scope = NewDisposeScope();
        using TemporaryFolder folder = new();
        SafetensorsWriter.Write(folder["w.safetensors"], [new("a", ones(1000))]);
        SafetensorsWriter.Write(folder["w.safetensors"], [new("b", ones(1))]);
        using SafetensorsFile file = SafetensorsFile.Open(folder["w.safetensors"]);
        Assert.AreEqual("b", file.Entries.Single().Name);
    }

    private static void AssertRefused(string cause, params IEnumerable<(string Name, Tensor Tensor)> tensors) =>
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(
                () => Write([.. tensors.Select(pair => KeyValuePair.Create(pair.Name, pair.Tensor))])).Message, cause);

    private static SafetensorsFile RoundTrip(KeyValuePair<string, Tensor>[] tensors) =>
        SafetensorsFile.Read(new MemoryStream(Write(tensors)), "round trip");

    private static byte[] Write(KeyValuePair<string, Tensor>[] tensors, Dictionary<string, string>? metadata = null)
    {
        using MemoryStream stream = new();
        SafetensorsWriter.Write(stream, tensors, metadata);
        return stream.ToArray();
    }
}

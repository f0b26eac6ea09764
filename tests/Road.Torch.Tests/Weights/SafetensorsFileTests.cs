using System.Buffers.Binary;
using Road.Torch.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Weights;

[TestClass]
public sealed class SafetensorsFileTests
{
    private const string TwoTensors = """
        {"__metadata__":{"made.by":"hand"},
         "b":{"dtype":"I16","shape":[2],"data_offsets":[16,20]},
         "a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}}
        """;

    [TestMethod]
    public void FileWrittenByHandIsReadFromDiskAndFromAStream()
    {
        byte[] data = new byte[20];
        for (int i = 0; i < 4; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(data.AsSpan(i * 4), i + 0.5f);
        }

        BinaryPrimitives.WriteInt16LittleEndian(data.AsSpan(16), -3);
        BinaryPrimitives.WriteInt16LittleEndian(data.AsSpan(18), 300);
        byte[] content = SafetensorsBytes.Create(TwoTensors, data);
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder["two.safetensors"], content);

        using SafetensorsFile mapped = SafetensorsFile.Open(folder["two.safetensors"]);
        using SafetensorsFile streamed = SafetensorsFile.Read(new ForwardStream(content), "two");
        foreach (SafetensorsFile file in new[] { mapped, streamed })
        {
            using DisposeScope scope = NewDisposeScope();
            Sequence.AreEqual(file.Entries.Select(entry => entry.Name), "a", "b");
            Assert.AreEqual("hand", file.Metadata["made.by"]);
            Sequence.AreEqual(file.Entries[0].Shape, 2, 2);
            Assert.AreEqual(ScalarType.Int16, file.Entries[1].Type);
            Sequence.AreEqual(file.ReadTensor("a").data<float>(), 0.5f, 1.5f, 2.5f, 3.5f);
            Sequence.AreEqual(file.ReadTensor("b").data<short>(), (short)-3, (short)300);
        }
    }

    [TestMethod]
    public void CopyingConvertsTheTypeAndChecksTheShape()
    {
        using DisposeScope scope = NewDisposeScope();
        using MemoryStream stream = new();
        SafetensorsWriter.Write(stream, [new("x", tensor(new[] { 1.5f, -2f }))]);
        stream.Position = 0;
        using SafetensorsFile file = SafetensorsFile.Read(stream, "x.safetensors");
        Tensor half = zeros(2, dtype: ScalarType.BFloat16).requires_grad_(true);

        file.CopyTo("x", half);

        Sequence.AreEqual(half.detach().to(ScalarType.Float32).data<float>(), 1.5f, -2f);
        Assert.IsTrue(half.is_leaf);
        string message = Assert.ThrowsExactly<ArgumentException>(() => file.CopyTo("x", zeros(1, 2))).Message;
        StringAssert.Contains(message, "[2]");
        StringAssert.Contains(message, "[1, 2]");
        StringAssert.Contains(Assert.ThrowsExactly<KeyNotFoundException>(() => file.ReadTensor("y")).Message, "x.safetensors");
    }

    [TestMethod]
    public void BoolBytesOtherThanZeroAndOneAreReadAsTrue()
    {
        byte[] content = SafetensorsBytes.Create("""{"m":{"dtype":"BOOL","shape":[3],"data_offsets":[0,3]}}""", [0, 1, 200]);
        using SafetensorsFile file = SafetensorsFile.Read(new MemoryStream(content), "m");
        using Tensor mask = file.ReadTensor("m");
        Sequence.AreEqual(mask.data<bool>(), false, true, true);
    }

    [TestMethod]
    public void ReadingAfterDisposalIsRefused()
    {
        byte[] content = SafetensorsBytes.Create(TwoTensors, 20);
        SafetensorsFile file = SafetensorsFile.Read(new MemoryStream(content), "two");
        file.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => file.ReadTensor("a"));
    }

    [TestMethod]
    public void ReadTensorsLeaveNothingBehind()
    {
        byte[] content = SafetensorsBytes.Create(TwoTensors, 20);
        using SafetensorsFile file = SafetensorsFile.Read(new MemoryStream(content), "two");
        using DisposeScope scope = NewDisposeScope();
        using Tensor tensor = file.ReadTensor("a");
        Assert.AreEqual(1, scope.DisposablesCount);
    }

    [TestMethod]
    public void TruncationAtEveryByteIsRefusedWithTheFilesName()
    {
        byte[] content = SafetensorsBytes.Create(TwoTensors, 20);
        using TemporaryFolder folder = new();
        string path = folder["cut.safetensors"];
        for (int length = 0; length < content.Length; length++)
        {
            File.WriteAllBytes(path, content[..length]);
            StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => SafetensorsFile.Open(path)).Message, path);
            StringAssert.Contains(
                Assert.ThrowsExactly<InvalidDataException>(
                    () => SafetensorsFile.Read(new ForwardStream(content[..length]), "cut")).Message, "'cut'");
        }
    }

    [TestMethod]
    public void EveryFlippedBitOfTheHeaderIsReadOrRefusedButNeverCrashes()
    {
        byte[] content = SafetensorsBytes.Create(TwoTensors, 20);
        int refused = 0;
        for (int bit = 0; bit < (content.Length - 20) * 8; bit++)
        {
            byte[] damaged = [.. content];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                SafetensorsFile.Read(new MemoryStream(damaged), "damaged").Dispose();
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        Assert.IsGreaterThan(content.Length, refused);
    }

    [TestMethod]
    [DataRow("""[]""", 0, "'{'")]
    [DataRow("""{"a":1}""", 0, "'a'")]
    [DataRow("""{"__metadata__":{}""", 0, "JSON")]
    [DataRow("""{} x""", 0, "JSON")]
    [DataRow(
        """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "'a' twice")]
    [DataRow("""{"__metadata__":{"k":"1","k":"2"}}""", 0, "'k' twice")]
    [DataRow("""{"__metadata__":{"k":1}}""", 0, "'k'")]
    [DataRow("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "needs 8 bytes")]
    [DataRow("""{"a":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}}""", 8, "'C64'")]
    [DataRow("""{"a":{"dtype":32,"shape":[1],"data_offsets":[0,8]}}""", 8, "dtype")]
    [DataRow("""{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "twice")]
    [DataRow("""{"a":{"dtype":"F32","data_offsets":[0,4]}}""", 4, "shape")]
    [DataRow("""{"a":{"shape":[1],"data_offsets":[0,4]}}""", 4, "dtype")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1]}}""", 4, "data_offsets")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}""", 4, "data_offsets")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}""", 4, "data_offsets")]
    [DataRow("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "shape")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4, "shape")]
    [DataRow("""{"a":{"dtype":"F32","shape":1,"data_offsets":[0,4]}}""", 4, "shape")]
    [DataRow("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""", 0, "too large")]
    [DataRow("""{"a":{"dtype":"F32","shape":[0,4611686018427387904,4],"data_offsets":[0,0]}}""", 0, "too large")]
    [DataRow("""{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,0]}}""", 0, "shape")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "after its end")]
    [DataRow(
        """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}""", 3, "overlaps")]
    [DataRow("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}}""", 3, "gap")]
    [DataRow("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", 2, "gap")]
    [DataRow("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", 3, "3 ")]
    [DataRow("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", 5, "4")]
    [DataRow("""{"\ud800":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}""", 0, "text")]
    [DataRow("""{"a":[[[[[[[[[[]]]]]]]]]]}""", 0, "'a'")]
    public void HeaderThatLiesIsRefusedWithItsCause(string header, int dataLength, string cause)
    {
        byte[] content = SafetensorsBytes.Create(header, dataLength);
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder["f"], content);
        string fromDisk = Assert.ThrowsExactly<InvalidDataException>(() => SafetensorsFile.Open(folder["f"])).Message;
        string fromStream = Assert.ThrowsExactly<InvalidDataException>(() => SafetensorsFile.Read(new ForwardStream(content), "f")).Message;
        StringAssert.Contains(fromDisk, cause);
        StringAssert.Contains(fromDisk, folder["f"]);
        StringAssert.Contains(fromStream, cause);
    }

    [TestMethod]
    [DataRow(0UL)]
    [DataRow(100_000_001UL)]
    [DataRow(ulong.MaxValue)]
    public void HeaderLengthOutOfRangeIsRefused(ulong length)
    {
        byte[] content = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(content, length);
        string message = Assert.ThrowsExactly<InvalidDataException>(() => SafetensorsFile.Read(new MemoryStream(content), "f")).Message;
        StringAssert.Contains(message, length.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    [TestMethod]
    public void PromisedTerabytesAllocateNothing()
    {
        const string Header = """{"a":{"dtype":"U8","shape":[1000000000000],"data_offsets":[0,1000000000000]}}""";
        byte[] content = SafetensorsBytes.Create(Header, 10);
        long before = GC.GetAllocatedBytesForCurrentThread();
        string limited = Assert.ThrowsExactly<InvalidDataException>(() => SafetensorsFile.Read(new MemoryStream(content), "f")).Message;
        string cut = Assert.ThrowsExactly<InvalidDataException>(
            () => SafetensorsFile.Read(new MemoryStream(content), "f", long.MaxValue)).Message;
        Assert.IsLessThan(8L << 20, GC.GetAllocatedBytesForCurrentThread() - before);
        StringAssert.Contains(limited, "allowed");
        StringAssert.Contains(cut, "ends after 10");
    }

    [TestMethod]
    public void FileWithoutTensorsIsRead()
    {
        using SafetensorsFile file = SafetensorsFile.Read(new MemoryStream(SafetensorsBytes.Create("{}  ", 0)), "empty");
        Assert.IsEmpty(file.Entries);
        Assert.IsEmpty(file.Metadata);
    }
}

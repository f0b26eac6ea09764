using Google.Protobuf;
using Road.Torch.Networks;
using Road.Torch.Onnx;
using Road.Torch.Onnx.Format;
using Road.Torch.Weights;
using TorchSharp;
using static TorchSharp.torch;
using DataType = Road.Torch.Onnx.Format.TensorProto.Types.DataType;

namespace Road.Torch.Tests.Weights;

/// <summary>ONNX models as files of weights: right ones are read to the bit, all others refused with the cause.</summary>
[TestClass]
public sealed class OnnxFileTests
{
    // What opening may allocate beside twice the file's length, as for the other formats.
    private const long FreeAllocation = 48 << 20;

    [TestMethod]
    public void EveryElementTypeIsReadToTheBitFromEitherField()
    {
        using TemporaryFolder folder = new();
        File.Copy(WeightsFixture.Find("onnx-types.onnx"), folder["named.safetensors"]);
        using WeightsFile file = WeightsFile.Open(folder["named.safetensors"]);
        using WeightsFile expected = WeightsFile.Open(WeightsFixture.Find("onnx-types.safetensors"));
        Assert.AreEqual(WeightsFormat.Onnx, file.Format);
        WeightsFixture.AssertSameTensors(file, expected);
    }

    [TestMethod]
    public void ExtentsMayBePackedAndMetadataIsRead()
    {
        using TemporaryFolder folder = new();
        byte[] graph = new GraphProto { Initializer = { OnnxBytes.Float("w", [1, 2], 3, 4) } }.ToByteArray();
        File.WriteAllBytes(folder["w"], OnnxBytes.Model(graph, KeyValuePair.Create("license", "MIT")));
        using WeightsFile file = WeightsFile.Open(folder["w"]);
        using Tensor tensor = file.ReadTensor("w");
        Sequence.AreEqual(tensor.shape, 1, 2);
        Sequence.AreEqual(tensor.data<float>(), 3f, 4f);
        Assert.AreEqual("MIT", file.Metadata["license"]);
    }

    [TestMethod]
    public void ModelFillsABackboneAsOtherFilesDo()
    {
        using TemporaryFolder folder = new();
        using DisposeScope scope = NewDisposeScope();
        using SmallBackbone backbone = new();
        File.WriteAllBytes(folder["w.onnx"], OnnxBytes.Create(Fitting()));
        WeightsReport report = BackboneWeights.FromFile(folder["w.onnx"]).LoadInto(backbone, out InputNormalization normalization);
        Assert.HasCount(6, report.Loaded);
        Assert.AreSame(InputNormalization.ImageNet, normalization);
        Assert.AreEqual(5f, backbone.state_dict()["norm.running_mean"][1].item<float>());
    }

    [TestMethod]
    public void MissingUnknownAndMisshapenTensorsAreNamed()
    {
        using TemporaryFolder folder = new();
        using SmallBackbone backbone = new();
        List<TensorProto> tensors = Fitting();
        tensors.RemoveAll(static tensor => tensor.Name == "conv.bias");
        tensors.Add(OnnxBytes.Float("onnx::Conv_12", [1], 0));
        tensors.Single(static tensor => tensor.Name == "norm.bias").Dims[0] = 1;
        tensors.Single(static tensor => tensor.Name == "norm.bias").RawData = ByteString.CopyFrom(new byte[4]);
        File.WriteAllBytes(folder["w.onnx"], OnnxBytes.Create(tensors));
        WeightsReport report = Assert.ThrowsExactly<WeightsMismatchException>(
            () => BackboneWeights.FromFile(folder["w.onnx"]).LoadInto(backbone, out _)).Report;
        Sequence.AreEqual(report.Missing, "conv.bias");
        Sequence.AreEqual(report.Unexpected, "onnx::Conv_12");
        Assert.AreEqual("norm.bias", report.WrongShape.Single().Name);
    }

    [TestMethod]
    public void ExportedNetworkGivesItsBackboneAndNormalisationBack()
    {
        using TemporaryFolder folder = new();
        using DisposeScope scope = NewDisposeScope();
        using SegmentationNetwork network = SegmentationNetworks.Get("deeplab-resnet18").Create(3);
        using Generator generator = new(5, CPU);
        WeightInitialization.KaimingNormal(network, generator);
        InputNormalization stated = new(ChannelOrder.Bgr, 255, [103, 116, 124], [1, 2, 3]);
        OnnxExporter.Save(network, folder["road.onnx"], new OnnxExportOptions { Normalization = stated });

        using ResNet backbone = new(18);
        WeightsReport report = BackboneWeights.FromFile(folder["road.onnx"]).LoadInto(backbone, out InputNormalization normalization);

        Assert.IsTrue(report.IsComplete);
        Sequence.AreEqual(normalization.Mean, 103, 116, 124);
        Sequence.AreEqual(normalization.StandardDeviation, 1, 2, 3);
        Assert.AreEqual(ChannelOrder.Bgr, normalization.Channels);
        Dictionary<string, Tensor> expected = network.Backbone.state_dict();
        foreach ((string name, Tensor tensor) in backbone.state_dict())
        {
            CollectionAssert.AreEqual(expected[name].bytes.ToArray(), tensor.bytes.ToArray(), name);
        }
    }

    [TestMethod]
    public void WeightsInAnotherFileAreRefused() => WeightsFixture.AssertRefused(
        File.ReadAllBytes(WeightsFixture.Find("onnx-external.onnx")), "the tensor 'conv.weight'", "external data", "weights inside");

    [TestMethod]
    public void DamagedTensorsAreRefusedByName()
    {
        AssertRefused("takes 8 bytes, which do not go with the 4", static tensor => tensor.RawData = ByteString.CopyFrom(new byte[4]));
        AssertRefused("takes 8 bytes, which do not go with the 0", static tensor => tensor.RawData = ByteString.Empty);
        AssertRefused("takes 0 bytes, which do not go with the 8", static tensor => tensor.Dims[0] = 0);
        AssertRefused("too large or negative", static tensor => tensor.Dims[0] = -1);
        AssertRefused("too large or negative", static tensor => tensor.Dims.Add(long.MaxValue));
        AssertRefused("takes 8796093022208 bytes", static tensor => tensor.Dims[0] = 1L << 41);
        AssertRefused("has its numbers in several fields", static tensor => tensor.FloatData.Add([1, 2]));
        AssertRefused("is there twice", static tensor => tensor.Name = "first");
        AssertRefused("of Float32 has its numbers in the field 10", static tensor =>
        {
            tensor.RawData = ByteString.Empty;
            tensor.DoubleData.Add(1);
        });
        AssertRefused("of Float16 has its numbers in the field 4", static tensor =>
        {
            tensor.RawData = ByteString.Empty;
            tensor.FloatData.Add([1, 2]);
            tensor.DataType = DataType.Float16;
        });

        static void AssertRefused(string cause, Action<TensorProto> change)
        {
            TensorProto tensor = OnnxBytes.Float("weight", [2], 1, 2);
            change(tensor);
            WeightsFixture.AssertRefused(
                OnnxBytes.Create(OnnxBytes.Float("first", [2], 1, 2), tensor), cause, WeightsError.Quote(tensor.Name));
        }
    }

    [TestMethod]
    [DataRow(new ulong[] { 0x3800, 0x10000 }, 2, "not the 16 bits")]
    [DataRow(new ulong[] { 0x3800, ulong.MaxValue }, 2, "not the 16 bits")]
    [DataRow(new ulong[] { 0x3800, 1, 2 }, 2, "more numbers")]
    [DataRow(new ulong[] { 0x3800 }, 2, "ends too early: within a number")]
    [DataRow(new ulong[] { 0, 0 }, 3, "takes 6 bytes, which do not go with the 2")]
    [DataRow(new ulong[] { 0, 0 }, int.MaxValue, "takes 4294967294 bytes")]
    public void HalvesThatDoNotFitTheirShapeAreRefused(ulong[] numbers, int count, string cause) => WeightsFixture.AssertRefused(
        OnnxBytes.Create([
            .. OnnxBytes.Field(TensorProto.DimsFieldNumber, (ulong)count),
            .. OnnxBytes.Field(TensorProto.DataTypeFieldNumber, (ulong)DataType.Float16),
            .. OnnxBytes.Field(TensorProto.Int32DataFieldNumber, [.. numbers.SelectMany(OnnxBytes.Number)]),
            .. OnnxBytes.Field(TensorProto.NameFieldNumber, "w"u8),
        ]),
        cause);

    [TestMethod]
    public void NumbersOneByOneAreRefused()
    {
        byte[] one = [(TensorProto.FloatDataFieldNumber << 3) | 5, 0, 0, 0x80, 0x3F];
        byte[] start = [0x08, 2, 0x10, 1, 0x42, 1, (byte)'w'];
        WeightsFixture.AssertRefused(OnnxBytes.Create([.. start, .. one, .. one]), "the tensor 'w' has its numbers in several fields");
        start[1] = 1;
        WeightsFixture.AssertRefused(OnnxBytes.Create([.. start, .. one]), "the tensor 'w' of Float32 has its numbers in the field 4");
    }

    [TestMethod]
    [DataRow(new byte[] { 0x42, 0x04, 0x61 }, "initialiser of its graph ends too early: the field 8 at byte 6 needs 4 bytes, and 1 are")]
    [DataRow(new byte[] { 0x42, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01 }, "needs 18446744073709551615 bytes")]
    [DataRow(new byte[] { 0x10, 0x80 }, "ends too early: within a number at byte 8")]
    [DataRow(new byte[] { 0x10, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01 }, "a number of more than 10 bytes")]
    [DataRow(new byte[] { 0x00, 0x01 }, "no valid field at byte 6")]
    [DataRow(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0x01 }, "no valid field at byte 6")]
    [DataRow(new byte[] { 0x43, 0x01 }, "a field of the unknown type 3 at byte 6")]
    [DataRow(new byte[] { 0x40, 0x01 }, "a number in the field 8")]
    [DataRow(new byte[] { 0x12, 0x00 }, "no whole number in the field 2")]
    [DataRow(new byte[] { 0x10, 0x01, 0x4A, 0x00 }, "an initialiser of its graph has no name")]
    [DataRow(new byte[] { 0x42, 0x02, 0xC3, 0x28 }, "a text in the field 8 that is not valid UTF-8")]
    public void MalformedMessagesAreRefusedWithTheCause(byte[] initializer, string cause) =>
        WeightsFixture.AssertRefused(OnnxBytes.Create(initializer), cause);

    [TestMethod]
    public void ModelsWithoutWeightsOrTheirEndAreRefused()
    {
        byte[] node = new NodeProto { OpType = "Identity" }.ToByteArray();
        byte[] graph = OnnxBytes.Field(GraphProto.NodeFieldNumber, node);
        WeightsFixture.AssertRefused(OnnxBytes.Model(graph), "holds no tensors of float");
        byte[] whole = OnnxBytes.Create(OnnxBytes.Float("w", [1], 1));
        WeightsFixture.AssertRefused(whole[..^4], "it was cut");
        WeightsFixture.AssertRefused(
            OnnxBytes.Model(graph, KeyValuePair.Create("a", "1"), KeyValuePair.Create("a", "2")), "the metadata 'a' twice");
    }

    [TestMethod]
    public void ThingsThatGrowFromFewBytesStayWithinTwiceTheFile()
    {
        const int Count = 1_000_000;
        AssertCheap(
            "more than 64 dimensions",
            OnnxBytes.Create([.. Enumerable.Repeat<byte[]>([0x08, 1], Count).SelectMany(static x => x)]));
        AssertCheap("more than 64 dimensions", OnnxBytes.Create(OnnxBytes.Field(TensorProto.DimsFieldNumber, new byte[Count])));
        AssertCheap("no tensors of float", OnnxBytes.Create([.. Enumerable.Repeat<byte[]>([], Count / 5)]));
        AssertCheap(
            "too many for its length",
            OnnxBytes.Create([.. Enumerable.Range(0, 40_000).Select(i => new byte[]
            {
                0x08, 0, 0x10, 1, 0x42, 3, (byte)(0x20 + (i % 90)), (byte)(0x20 + (i / 90 % 90)), (byte)(0x20 + (i / 8100)),
            })]));
        AssertCheap(
            "a text of 4000000 bytes in the field 8; 4096 are allowed",
            OnnxBytes.Create(OnnxBytes.Field(TensorProto.NameFieldNumber, new byte[4 * Count])));
        AssertCheap("metadata of more than", OnnxBytes.Model([0x0A, 0], KeyValuePair.Create("a", new string('m', 5 * Count))));
        AssertCheap(
            "metadata of more than",
            OnnxBytes.Model([0x0A, 0], Enumerable.Range(0, Count / 4).Select(static i => KeyValuePair.Create($"{i}", string.Empty))));

        static void AssertCheap(string cause, byte[] content)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            WeightsFixture.AssertRefused(content, cause);
            Assert.IsLessThan((2L * content.Length) + FreeAllocation, GC.GetAllocatedBytesForCurrentThread() - before, cause);
        }
    }

    [TestMethod]
    public void FilesOfOtherFormatsThatBeginAlikeAreNotTakenForModels()
    {
        using TemporaryFolder folder = new();
        string path = folder["w"];

        // TorchSharp's file of eight tensors begins as a model does, and a name's length and letters as its next fields.
        for (char letter = ' '; letter < '{'; letter++)
        {
            for (int length = 2; length < 16; length++)
            {
                byte[] tensors = [.. Enumerable.Range(0, 8).SelectMany(i => (byte[])
                    [(byte)length, .. Enumerable.Repeat((byte)letter, length - 1), (byte)('0' + i), 6, 1, 1, 0, 0, 0x80, 0x3F])];
                File.WriteAllBytes(path, [8, .. tensors]);
                using WeightsFile file = WeightsFile.Open(path);
                Assert.AreEqual(WeightsFormat.TorchSharp, file.Format, $"{letter} {length}");
                Assert.HasCount(8, file.Entries);
            }
        }

        // The length of a header of safetensors comes first.
        foreach (int length in new[] { 0x3A08, 0x083A08 })
        {
            string header = "{\"__metadata__\":{}}";
            File.WriteAllBytes(path, SafetensorsBytes.Create(header + new string(' ', length - header.Length), 0));
            using WeightsFile file = WeightsFile.Open(path);
            Assert.AreEqual(WeightsFormat.Safetensors, file.Format);
        }
    }

    private static List<TensorProto> Fitting()
    {
        using DisposeScope scope = NewDisposeScope();
        return [.. SmallBackbone.FittingTensors().Where(static pair => pair.Value.is_floating_point()).Select(
            static pair => OnnxBytes.Float(pair.Key, pair.Value.shape, [.. pair.Value.data<float>()]))];
    }
}

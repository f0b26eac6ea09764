using Road.Torch.Data;
using Road.Torch.Networks;
using Road.Torch.Onnx;
using Road.Torch.Scoring;
using Road.Torch.Weights;
using TorchSharp;

namespace Road.MLNet.Tests.Onnx;

/// <summary>Exported networks in ONNX Runtime against the library's own scoring.</summary>
[TestClass]
public sealed class OnnxExporterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TestContext TestContext { get; set; } = null!;

    public void Dispose() => _folder.Dispose();

    public static IEnumerable<object[]> Networks => SegmentationNetworks.Names.Select(static name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Networks))]
    public void EveryNetworkGivesTheSameMasksAtTwoSizesFromOneFile(string name) =>
        Compare(OnnxFixture.Factory(name), InputNormalization.ImageNet);

    [TestMethod]
    [DataRow(16)]
    [DataRow(32)]
    public void OtherOutputStridesGiveTheSameMasks(int outputStride) =>
        Compare(
            new DeepLabV2Factory
            {
                BackboneName = outputStride == 16 ? "squeezenet1_1" : "vgg16",
                OutputStride = outputStride,
                Form = DeepLabV2Form.ResNet,
            },
            InputNormalization.ImageNet);

    [TestMethod]
    public void WeightsOfBlueFirstPixelsOf0To255GiveTheSameMasks() => Compare(
        new DeepLabV2Factory { BackboneName = "squeezenet1_1" },
        new InputNormalization(ChannelOrder.Bgr, 255, [103.939, 116.779, 123.68], [1, 2, 50]));

    [TestMethod]
    public void ANetworkFromOutsideThatDescribesItselfGivesTheSameMasks() =>
        Compare(new DescribedFactory(), InputNormalization.ImageNet);

    [TestMethod]
    public void ABatchGivesEachImagesMask()
    {
        using SegmentationNetwork network = OnnxFixture.CreateNetwork(new PspNetFactory { BackboneName = "squeezenet1_1" });
        using OnnxSession session = Open(network, new OnnxExportOptions());
        DecodedSample[] images =
        [
            OnnxFixture.CreateImage(1, 70, 50), OnnxFixture.CreateImage(2, 70, 50), OnnxFixture.CreateImage(3, 70, 50),
        ];

        byte[] together = session.Run(images);

        byte[] apart = [.. images.SelectMany(image => session.Run(image))];
        OnnxFixture.AssertAgree(apart, together, TestContext);
    }

    [TestMethod]
    public void TheFileSaysWhatItsInputOutputAndClassesAre()
    {
        using SegmentationNetwork network = OnnxFixture.CreateNetwork(new DeepLabV2Factory { BackboneName = "squeezenet1_1" });
        using OnnxSession session = Open(network, new OnnxExportOptions
        {
            ClassNames = ["sky", "road", "car", "pole", "tree", "caf\u00e9"],
            Palette = [.. Enumerable.Range(1, 3 * OnnxFixture.Classes).Select(static i => (byte)i)],
        });

        Assert.AreEqual("Road", session.Metadata.ProducerName);
        CollectionAssert.AreEqual(new[] { -1, 3, -1, -1 }, session.Input.Dimensions);
        CollectionAssert.AreEqual(new[] { "batch", "", "height", "width" }, session.Input.SymbolicDimensions);
        Assert.AreEqual(typeof(float), session.Input.ElementType);
        CollectionAssert.AreEqual(new[] { "batch", "height", "width" }, session.Output.SymbolicDimensions);
        Assert.AreEqual(typeof(byte), session.Output.ElementType);
        Dictionary<string, string> metadata = session.Metadata.CustomMetadataMap;
        CollectionAssert.AreEqual(
            new[] { "sky", "road", "car", "pole", "tree", "caf\u00e9" }, System.Text.Json.JsonSerializer.Deserialize<string[]>(
                metadata["classes"]));
        Assert.AreEqual("[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18]", metadata["palette"]);
        Assert.AreEqual("deeplab-squeezenet1_1", metadata["network"]);
        Assert.AreEqual("0.485,0.456,0.406", metadata["network.input.mean"].Replace(" ", string.Empty, StringComparison.Ordinal));
    }

    [TestMethod]
    public void OnlyWeightsThatScoringUsesAreWritten()
    {
        using SegmentationNetwork network = OnnxFixture.CreateNetwork(new PspNetFactory { BackboneName = "squeezenet1_1" });

        using MemoryStream stream = new();
        OnnxExporter.Save(network, stream, new OnnxExportOptions());

        long auxiliary = network.named_parameters().Where(static p => p.name.StartsWith("aux.", StringComparison.Ordinal)).Sum(
            static p => p.parameter.numel());
        long all = network.named_parameters().Sum(static p => p.parameter.numel());
        Assert.IsGreaterThan(0, auxiliary);
        Assert.IsLessThan(4 * (all - auxiliary) + 65_536, stream.Length);
    }

    [TestMethod]
    public void WeightsBeyondWhatAFileHoldsAreRefusedBeforeTheyAreRead()
    {
        // The meta device holds shapes and no values.
        using SegmentationNetwork network = new DeepLabV2Factory { BackboneName = "squeezenet1_1" }.Create(OnnxFixture.Classes);
        OnnxGraph graph = new(network);
        using torch.Tensor huge = torch.zeros([1 << 15, 1 << 15], device: torch.META);

        NotSupportedException error = Assert.ThrowsExactly<NotSupportedException>(() => graph.Weight(huge));

        Assert.AreEqual(
            "The network 'deeplab-squeezenet1_1' cannot be exported: an ONNX file holds at most 2 GB, and its weights take more.",
            error.Message);
    }

    [TestMethod]
    public void AModuleWithoutAnExportIsNamed()
    {
        using SegmentationNetwork network = new DeepLabV2Factory { BackboneName = "squeezenet1_1" }.Create(OnnxFixture.Classes);
        OnnxGraph graph = new(network);
        using TorchSharp.Modules.Conv2d reflecting = torch.nn.Conv2d(1, 1, 3, padding: 1, padding_mode: PaddingModes.Reflect);
        using TorchSharp.Modules.Tanh tanh = torch.nn.Tanh();

        StringAssert.Contains(Refusal(reflecting), "(Conv2d) cannot be exported to ONNX: it must pad with a given number of zeros.");
        StringAssert.Contains(
            Refusal(tanh), "(Tanh) cannot be exported to ONNX: it must be a layer that the export knows, or implement IOnnxModule.");

        string Refusal(torch.nn.Module<torch.Tensor, torch.Tensor> module) => Assert.ThrowsExactly<NotSupportedException>(
            () => graph.Apply(module, graph.Integers(1))).Message;
    }

    [TestMethod]
    public void NamesOfAnotherNumberOfClassesAreRefused()
    {
        using SegmentationNetwork network = new DeepLabV2Factory { BackboneName = "squeezenet1_1" }.Create(OnnxFixture.Classes);

        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(
            () => OnnxExporter.Save(network, Stream.Null, new OnnxExportOptions { ClassNames = ["road"] }));

        StringAssert.StartsWith(error.Message, "ClassNames has 1 elements; the network's classes need 6, or none.");
    }

    [TestMethod]
    public void AnImpossibleNetworkSizeIsRefused()
    {
        ArgumentOutOfRangeException error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(
            () => new OnnxExportOptions { NetworkSize = new ImageSize(0, 64) });

        StringAssert.StartsWith(error.Message, "NetworkSize is 0 x 64; it must be 1 x 1 or more.");
    }

    [TestMethod]
    public void ExportingLeavesTheNetworkAsItIsAndNoTensorBehind()
    {
        using SegmentationNetwork network = OnnxFixture.CreateNetwork(new DeepLabV2Factory { BackboneName = "squeezenet1_1" });
        network.train();
        using DisposeScope scope = torch.NewDisposeScope();

        OnnxExporter.Save(network, Stream.Null, new OnnxExportOptions());

        Assert.AreEqual(0, scope.DisposablesCount);
        Assert.IsTrue(network.training);
        Assert.IsTrue(network.parameters().All(static parameter => parameter.requires_grad));
    }

    private void Compare(SegmentationNetworkFactory factory, InputNormalization normalization)
    {
        SegmentationNetwork network = OnnxFixture.CreateNetwork(factory);
        using OnnxSession session = Open(network, new OnnxExportOptions { Normalization = normalization });
        using SegmentationPredictor predictor = new(network, normalization, torch.CPU);
        foreach ((int width, int height) in ((int, int)[])[(131, 97), (72, 104)])
        {
            DecodedSample image = OnnxFixture.CreateImage(width, width, height);

            byte[] expected = predictor.Predict([image], [new ImageSize(width, height)], probabilities: false)[0].Labels;

            Assert.IsGreaterThan(2, expected.Distinct().Count(), "a mask of so few classes shows little");
            OnnxFixture.AssertAgree(expected, session.Run(image), TestContext);
        }
    }

    private OnnxSession Open(SegmentationNetwork network, OnnxExportOptions options)
    {
        OnnxExporter.Save(network, _folder.Combine("model.onnx"), options);
        return new OnnxSession(_folder.Combine("model.onnx"));
    }
}

using Road.Torch.Networks;
using Road.Torch.Tests.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Networks;

[TestClass]
public sealed class SegmentationNetworksTests
{
    [TestMethod]
    public void NetworksAreFoundByName()
    {
        Sequence.AreEqual(
            SegmentationNetworks.Names,
            "deeplab-resnet101", "deeplab-resnet18", "deeplab-resnet50", "deeplab-squeezenet1_1", "deeplab-vgg16",
            "dilatednet-vgg16", "fcn8s-vgg16",
            "pspnet-resnet101", "pspnet-resnet18", "pspnet-resnet50", "pspnet-squeezenet1_1", "pspnet-vgg16");
        foreach (string name in SegmentationNetworks.Names)
        {
            SegmentationNetworkFactory factory = SegmentationNetworks.Get(name);
            using SegmentationNetwork network = factory.Create(5);
            using Backbone twin = factory.CreateBackbone();

            Assert.AreEqual(name, factory.Name);
            Assert.AreEqual(name, network.GetName());
            Assert.AreEqual(5, network.ClassCount);
            Assert.AreEqual(name, $"{name[..name.IndexOf('-', StringComparison.Ordinal)]}-{twin.GetName()}");
            CollectionAssert.AreEqual(twin.state_dict().Keys, network.Backbone.state_dict().Keys);
        }
    }

    [TestMethod]
    [DataRow("deeplab")]
    [DataRow("vgg16")]
    [DataRow("deeplab-vgg19")]
    [DataRow("fcn8s-resnet18")]
    [DataRow("DeepLab-VGG16")]
    [DataRow("")]
    public void AnUnknownNetworkIsRefusedWithTheKnownNames(string name)
    {
        string message = Assert.ThrowsExactly<ArgumentException>(() => SegmentationNetworks.Get(name)).Message;
        StringAssert.Contains(message, $"'{name}'");
        StringAssert.Contains(message, "deeplab-squeezenet1_1, deeplab-vgg16, dilatednet-vgg16, fcn8s-vgg16, pspnet-resnet101");
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(255)]
    public void ClassCountOutOfRangeIsRefused(int count)
    {
        ArgumentOutOfRangeException error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(
            () => SegmentationNetworks.Get("deeplab-squeezenet1_1").Create(count).Dispose());
        Assert.AreEqual("classCount", error.ParamName);
        StringAssert.Contains(error.Message, "2 to 254");
    }

    [TestMethod]
    [DataRow("deeplab-vgg16")]
    [DataRow("pspnet-resnet18")]
    [DataRow("fcn8s-vgg16")]
    public void ANewNetworkDrawsNoRandomNumbers(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(3);
        float expected = rand(1).item<float>();
        manual_seed(3);
        using SegmentationNetwork network = SegmentationNetworks.Get(name).Create(7);

        Assert.AreEqual(expected, rand(1).item<float>());
        Assert.IsTrue(
            network.parameters().All(
                static parameter => parameter.device_type == DeviceType.CPU && parameter.requires_grad && parameter.is_leaf));
    }

    [TestMethod]
    public void TheFactorysDefaultsAreThePapersNetwork()
    {
        DeepLabV2Factory factory = new();
        Assert.AreEqual("deeplab-vgg16", factory.Name);
        Assert.AreEqual(8, factory.OutputStride);
        Sequence.AreEqual(factory.Dilations, 6, 12, 18, 24);
    }

    [TestMethod]
    public void FactoryOptionsOutOfRangeAreRefused()
    {
        DeepLabV2Factory factory = new();
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => factory.BackboneName = "vgg19").Message, "vgg16");
        Assert.ThrowsExactly<ArgumentNullException>(() => factory.BackboneName = null!);
        foreach (int stride in new[] { 0, 4, 12, 64 })
        {
            ArgumentOutOfRangeException error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => factory.OutputStride = stride);
            Assert.AreEqual(stride, error.ActualValue);
            StringAssert.Contains(error.Message, "must be 8, 16 or 32");
        }

        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => factory.Dilations = []).Message, "Dilations");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => factory.Dilations = [6, 0]).Message, "Dilations");
        Assert.ThrowsExactly<ArgumentNullException>(() => factory.Dilations = null!);

        // A stride that only other backbones have shows when the network is made.
        factory.BackboneName = "squeezenet1_1";
        factory.OutputStride = 32;
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => factory.Create(2).Dispose());
        Sequence.AreEqual(factory.Dilations, 6, 12, 18, 24);
    }

    [TestMethod]
    public void LogitsAreTheSumOfAllDilatedBranches()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using DeepLabV2 network = new(new SmallBackbone(), 3, [1, 2, 3, 4]);
        using Generator generator = new(1, CPU);
        network.InitializeWeights(generator);
        network.eval();
        Dictionary<string, TorchSharp.Modules.Parameter> parameters = network.named_parameters().ToDictionary(
            pair => pair.name, pair => pair.parameter);
        Tensor image = randn([2, 3, 12, 10], generator: generator);

        Tensor features = network.Backbone.call(image).Last;
        Tensor expected = zeros(2, 3, 12, 10);
        for (int i = 0; i < 4; i++)
        {
            int rate = i + 1;
            parameters[$"aspp.{i}.bias"].fill_(rate);
            expected += nn.functional.conv2d(
                features, parameters[$"aspp.{i}.weight"], parameters[$"aspp.{i}.bias"], padding: [rate, rate], dilation: [rate, rate]);
        }

        Assert.IsTrue(network.call(image).allclose(expected, atol: 1e-5));
        Assert.IsNull(network.ClassifyAuxiliary(new BackboneFeatures(features)));
    }

    [TestMethod]
    public void EveryWeightIsRegisteredOnceUnderBackboneOrHead()
    {
        using SegmentationNetwork network = SegmentationNetworks.Get("deeplab-squeezenet1_1").Create(3);
        string[] backbone = [.. network.Backbone.state_dict().Keys.Select(name => $"backbone.{name}")];

        CollectionAssert.AreEquivalent(
            backbone.Concat(Enumerable.Range(0, 4).SelectMany(i => new[] { $"aspp.{i}.weight", $"aspp.{i}.bias" })).Append(
                "feature_scale").ToArray(),
            network.state_dict().Keys.ToArray());
        Assert.AreEqual(network.state_dict().Count - 1, network.parameters().Count());
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(40)]
    public void NormalizedFeaturesHaveARootMeanSquareOfOne(double contrast)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using DeepLabV2 network = new(new SmallBackbone(), 3, [1]);
        using Generator generator = new(1, CPU);
        network.InitializeWeights(generator);
        network.named_parameters().Single(pair => pair.name == "aspp.0.weight").parameter.normal_(0, 1, generator: generator);
        network.eval();
        Tensor images = randn([2, 3, 12, 10], generator: generator) * contrast;
        Tensor raw = network.Backbone.call(images).Last;
        Assert.AreEqual(1, network.FeatureScale.item<float>());

        network.NormalizeFeatures(images);

        float scale = network.FeatureScale.item<float>();
        Tensor scaled = network.Extract(images).Last;
        Assert.AreEqual(1, scaled.square().mean().sqrt().item<float>(), 1e-5);
        Assert.IsTrue(scaled.allclose(raw * scale));
        Assert.IsTrue(network.call(images).allclose(network.Classify(new BackboneFeatures(raw * scale))));

        using SmallBackbone twin = new();
        twin.load_state_dict(network.Backbone.state_dict());
        twin.eval();
        Assert.IsTrue(network.Extract(images, twin).Last.allclose(scaled));
    }

    [TestMethod]
    public void FeaturesThatAreZeroEverywhereKeepTheirScale()
    {
        using DisposeScope scope = NewDisposeScope();
        using DeepLabV2 network = new(new SmallBackbone(), 3, [1]);
        WeightInitialization.Zero(network.Backbone);

        network.NormalizeFeatures(ones(1, 3, 12, 10));

        Assert.AreEqual(1, network.FeatureScale.item<float>());
    }

    [TestMethod]
    public void ANetworkMayKeepAFieldForItsBackbone()
    {
        using FieldNetwork network = new(new SmallBackbone());
        Sequence.AreEqual(network.named_parameters().Select(pair => pair.name).Order(),
            "backbone.conv.bias", "backbone.conv.weight", "backbone.norm.bias", "backbone.norm.weight");
    }

    [TestMethod]
    public void InitialWeightsHangOnTheGeneratorAlone()
    {
        byte[][] weights = [.. new (int Seed, int Global)[] { (5, 1), (5, 2), (6, 1) }.Select(seeds =>
        {
            using DisposeScope scope = NewDisposeScope();
            manual_seed(seeds.Global);
            using SegmentationNetwork network = SegmentationNetworks.Get("deeplab-squeezenet1_1").Create(3);
            using Generator generator = new((ulong)seeds.Seed, CPU);
            network.InitializeWeights(generator);
            return network.parameters().SelectMany(parameter => parameter.bytes.ToArray()).ToArray();
        })];

        Assert.IsTrue(weights[0].AsSpan().SequenceEqual(weights[1]));
        Assert.IsFalse(weights[0].AsSpan().SequenceEqual(weights[2]));
    }

    [TestMethod]
    public void InitialWeightsKeepTheVarianceAndStartNormsAsIdentities()
    {
        using DisposeScope scope = NewDisposeScope();
        using SqueezeNet11 backbone = new();
        using SmallBackbone normalised = new();
        using Generator generator = new(8, CPU);

        WeightInitialization.KaimingNormal(backbone, generator);
        WeightInitialization.KaimingNormal(normalised, generator);

        Dictionary<string, TorchSharp.Modules.Parameter> parameters = backbone.named_parameters().ToDictionary(
            pair => pair.name, pair => pair.parameter);
        Assert.AreEqual(Math.Sqrt(2.0 / (64 * 9)), parameters["fire9.expand3x3.weight"].std().item<float>(), 1e-3);
        Assert.AreEqual(0, parameters["fire9.expand3x3.bias"].abs().sum().item<float>());
        Dictionary<string, TorchSharp.Modules.Parameter> norm = normalised.named_parameters().ToDictionary(
            pair => pair.name, pair => pair.parameter);
        TensorAssert.AreClose(norm["norm.weight"], 0, 1, 1);
        TensorAssert.AreClose(norm["norm.bias"], 0, 0, 0);
    }

    private sealed class FieldNetwork : SegmentationNetwork
    {
        private readonly SmallBackbone backbone;

        public FieldNetwork(SmallBackbone backbone)
            : base("field", backbone, 2)
        {
            this.backbone = backbone;
            RegisterComponents();
        }

        public override Tensor Classify(BackboneFeatures features) => features.Last;

        public override void InitializeWeights(Generator generator) => WeightInitialization.KaimingNormal(backbone, generator);
    }
}

using Road.Torch.Networks;
using Road.Torch.Tests.Training;
using Road.Torch.Tests.Weights;
using Road.Torch.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Networks;

[TestClass]
public sealed class SegmentationHeadTests
{
    /// <summary>A network of each head, small where its options allow it.</summary>
    public static IEnumerable<object[]> Factories =>
    [
        [new DeepLabV2Factory()],
        [new DeepLabV2Factory { BackboneName = "resnet18" }],
        [new DeepLabV2Factory { BackboneName = "resnet50", OutputStride = 32 }],
        [new PspNetFactory { BackboneName = "resnet18" }],
        [new PspNetFactory { BackboneName = "squeezenet1_1", OutputStride = 16 }],
        [new PspNetFactory { BackboneName = "vgg16", AuxiliaryWeight = 0 }],
        [new DilatedNetFactory { HiddenChannels = 16 }],
        [new DilatedNetFactory { HiddenChannels = 16, HasContext = false }],
        [new Fcn8sFactory { HiddenChannels = 16 }],
    ];

    [TestMethod]
    [DynamicData(nameof(Factories))]
    public void AStepOfRoadTrainsEveryPartButBackboneNorms(SegmentationNetworkFactory factory)
    {
        RoadTrainingOptions options = new() { CropSize = 49, BatchSize = 2 };
        using TrainingFixture fixture = new(options, factory);
        using DisposeScope scope = NewDisposeScope();
        fixture.Engine.NormalizeFeatures(fixture.Batch(1));
        Dictionary<string, byte[]> before = Snapshot(fixture.Network);

        // Two steps, since what lies below a classifier of zeros moves from the second on.
        fixture.Engine.Step(fixture.Batch(1), 1e-4);
        fixture.Engine.Step(fixture.Batch(2), 1e-4);

        StepLosses losses = fixture.Engine.ReadLosses();
        Assert.IsTrue(losses.AreFinite);
        Assert.IsTrue(losses.Segmentation > 0 && losses["L_dist"] >= 0 && losses["L_spt"] > 0);
        Dictionary<string, byte[]> after = Snapshot(fixture.Network);
        HashSet<string> trained = [
            .. fixture.Network.named_parameters().Where(pair => pair.parameter.requires_grad).Select(pair => pair.name)];
        string[] still = [.. trained.Where(name => before[name].AsSpan().SequenceEqual(after[name]))];
        Assert.IsEmpty(still, string.Join(", ", still));
        string[] moved = [.. before.Keys.Where(name =>
            name.StartsWith("backbone.", StringComparison.Ordinal) && !trained.Contains(name)
                && !before[name].AsSpan().SequenceEqual(after[name]))];
        Assert.IsEmpty(moved, string.Join(", ", moved));
    }

    [TestMethod]
    [DynamicData(nameof(Factories))]
    public void OddSizesWorkAndASingleImageScores(SegmentationNetworkFactory factory)
    {
        using IDisposable noGradient = no_grad();
        using SegmentationNetwork network = factory.Create(3);
        using Generator generator = new(1, CPU);
        network.InitializeWeights(generator);
        network.eval();
        foreach ((int height, int width) in new[] { (32, 32), (33, 47), (61, 40), (50, 71) })
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor logits = network.call(randn([1, 3, height, width], generator: generator));
            Assert.AreEqual(3, logits.shape[1]);
            Assert.AreEqual(4, logits.dim());
            if (factory is Fcn8sFactory)
            {
                TensorAssert.HasShape(logits, 1, 3, height / 8 * 8, width / 8 * 8);
            }
        }
    }

    [TestMethod]
    [DynamicData(nameof(Factories))]
    public void InitialLogitsAreZeroButBehindAContextModule(SegmentationNetworkFactory factory)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using SegmentationNetwork network = factory.Create(3);
        using Generator generator = new(1, CPU);
        network.InitializeWeights(generator);
        network.eval();

        BackboneFeatures features = network.Extract(randn([1, 3, 40, 40], generator: generator));

        bool hasContext = factory is DilatedNetFactory { HasContext: true };
        Assert.AreEqual(hasContext, network.Classify(features).abs().sum().item<float>() > 0);
        Tensor? auxiliary = network.ClassifyAuxiliary(features);
        Assert.AreEqual(factory is PspNetFactory { AuxiliaryWeight: > 0 }, auxiliary is not null);
        Assert.AreEqual(0, auxiliary?.abs().sum().item<float>() ?? 0);
    }

    [TestMethod]
    [DataRow("deeplab-vgg16")]
    [DataRow("pspnet-resnet18")]
    public void DropoutHangsOnTheInitialWeightsGeneratorAlone(string name)
    {
        double[][] sums = [.. new (int Seed, int Global)[] { (5, 1), (5, 2), (6, 1) }.Select(seeds =>
        {
            using DisposeScope scope = NewDisposeScope();
            using IDisposable noGradient = no_grad();
            using SegmentationNetwork network = SegmentationNetworks.Get(name).Create(3);
            using Generator generator = new((ulong)seeds.Seed, CPU);
            network.InitializeWeights(generator);
            FormulaWeights.Fill(network);
            network.train();
            BackboneFeatures features = network.Extract(FormulaWeights.Create("input", 2, 3, 40, 40));
            manual_seed(seeds.Global);
            return new[] { Sum(), Sum() };

            double Sum() => network.Classify(features).abs().sum().item<float>();
        })];

        Sequence.AreEqual(sums[1], sums[0]);
        Assert.AreNotEqual(sums[0][0], sums[0][1]);
        Assert.AreNotEqual(sums[0][0], sums[2][0]);
    }

    [TestMethod]
    public void DropoutKeepsTheMeanAndScoringKeepsAll()
    {
        using DisposeScope scope = NewDisposeScope();
        using GeneratedDropout dropout = new(0.25);
        Tensor input = ones(1000, 100);

        Tensor dropped = dropout.call(input);
        dropout.eval();

        Assert.AreEqual(0.25, dropped.eq(0).to(ScalarType.Float32).mean().item<float>(), 0.01);
        Assert.AreEqual(4 / 3.0, dropped.max().item<float>(), 1e-6);
        Assert.IsTrue(dropout.call(input).equal(input).all().item<bool>());
    }

    [TestMethod]
    public void TheVggFormHasTheChannelsOfItsPublication()
    {
        using DeepLabV2 network = (DeepLabV2)new DeepLabV2Factory { Dilations = [6, 12] }.Create(19);
        Sequence.AreEqual(
            network.named_parameters().Where(pair => pair.name.StartsWith("aspp.1.", StringComparison.Ordinal)).Select(
                pair => $"{pair.name} {string.Join(' ', pair.parameter.shape)}"),
            "aspp.1.fc6.weight 1024 512 3 3", "aspp.1.fc6.bias 1024", "aspp.1.fc7.weight 1024 1024 1 1", "aspp.1.fc7.bias 1024",
            "aspp.1.fc8.weight 19 1024 1 1", "aspp.1.fc8.bias 19");
    }

    [TestMethod]
    public void TheFormFollowsTheBackboneUntilItIsSet()
    {
        DeepLabV2Factory factory = new();
        Assert.AreEqual(DeepLabV2Form.Vgg, factory.Form);
        factory.BackboneName = "resnet101";
        Assert.AreEqual(DeepLabV2Form.ResNet, factory.Form);
        factory.Form = DeepLabV2Form.Vgg;
        Assert.AreEqual(DeepLabV2Form.Vgg, factory.Form);
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => factory.Form = (DeepLabV2Form)7).Message, "Form is 7");
    }

    [TestMethod]
    public void PspNetsHeadHasTheNamesAndShapesOfItsAuthorsCode()
    {
        using SegmentationNetwork network = new PspNetFactory().Create(19);
        Sequence.AreEqual(
            network.state_dict().Where(
                pair => !pair.Key.StartsWith("backbone.", StringComparison.Ordinal)
                    && pair.Key.EndsWith("weight", StringComparison.Ordinal))
                .Select(pair => $"{pair.Key} {string.Join(' ', pair.Value.shape)}").Order(StringComparer.Ordinal),
            "aux.0.weight 256 1024 3 3", "aux.1.weight 256", "aux.4.weight 19 256 1 1",
            "cls.0.weight 512 4096 3 3", "cls.1.weight 512", "cls.4.weight 19 512 1 1",
            "ppm.features.0.1.weight 512 2048 1 1", "ppm.features.0.2.weight 512",
            "ppm.features.1.1.weight 512 2048 1 1", "ppm.features.1.2.weight 512",
            "ppm.features.2.1.weight 512 2048 1 1", "ppm.features.2.2.weight 512",
            "ppm.features.3.1.weight 512 2048 1 1", "ppm.features.3.2.weight 512");
        CollectionAssert.Contains(network.state_dict().Keys, "cls.1.running_mean");
        Assert.AreEqual(0.4, network.AuxiliaryWeight);
    }

    [TestMethod]
    public void PspNetRefusesToTrainOnOneImage()
    {
        using DisposeScope scope = NewDisposeScope();
        using PspNet network = new(new SmallBackbone(), 2, [1]);
        string message = Assert.ThrowsExactly<InvalidOperationException>(() => network.call(ones(1, 3, 8, 8))).Message;
        StringAssert.Contains(message, "at least 2 source images");
    }

    [TestMethod]
    public void NormsOfAHeadTrainAndThoseOfTheBackboneAreMeasuredAsTheyAre()
    {
        using DisposeScope scope = NewDisposeScope();
        using PspNet network = new(new SmallBackbone(), 2, [1, 2]);
        using Generator generator = new(1, CPU);
        network.InitializeWeights(generator);
        Tensor images = randn([2, 3, 8, 8], generator: generator);

        network.NormalizeFeatures(images);

        Dictionary<string, Tensor> state = network.state_dict();
        TensorAssert.AreClose(state["backbone.norm.running_mean"], 0, 0, 0);
        Assert.IsTrue(network.Backbone.training);
        network.call(images);
        Assert.IsFalse(state["cls.1.running_var"].item<float>() == 1);
    }

    [TestMethod]
    public void TheContextModuleStartsAsAnIdentityOfWhatIsPositive()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using SegmentationNetwork network = new DilatedNetFactory { HiddenChannels = 8 }.Create(4);
        using SegmentationNetwork front = new DilatedNetFactory { HiddenChannels = 8, HasContext = false }.Create(4);
        using Generator generator = new(1, CPU);
        network.InitializeWeights(generator);
        front.load_state_dict(network.state_dict(), strict: false);
        network.eval();
        front.eval();
        Tensor images = randn([1, 3, 40, 48], generator: generator);

        Assert.IsTrue(network.call(images).allclose(front.call(images).relu(), atol: 1e-6));
    }

    [TestMethod]
    public void UpsamplingsOfFcnStartBilinear()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using SegmentationNetwork network = new Fcn8sFactory { HiddenChannels = 8 }.Create(3);
        using Generator generator = new(1, CPU);
        network.InitializeWeights(generator);
        Tensor map = randn([1, 3, 6, 5], generator: generator);
        Tensor weight = network.state_dict()["upscore8.weight"];

        Tensor upsampled = nn.functional.conv_transpose2d(map, weight, strides: [8, 8], padding: [4, 4]);

        Tensor expected = nn.functional.interpolate(map, size: [48, 40], mode: InterpolationMode.Bilinear, align_corners: false);

        // At the border the transposed convolution blends with zeros.
        Assert.IsTrue(Inner(upsampled).allclose(Inner(expected), atol: 1e-5));

        static Tensor Inner(Tensor map) => map.narrow(2, 4, 40).narrow(3, 4, 32);
    }

    [TestMethod]
    public void Fcn8sSaysWhatItNeeds()
    {
        using DisposeScope scope = NewDisposeScope();
        using SegmentationNetwork network = new Fcn8sFactory { HiddenChannels = 8 }.Create(3);
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => network.call(zeros(1, 3, 31, 40))).Message, "at least 32 x 32");
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(() => network.Classify(new BackboneFeatures(zeros(1, 512, 4, 4)))).Message, "skips");
        using Vgg16 dense = new(8);
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => new Fcn8s(dense, 3).Dispose()).Message, "stride 16");
    }

    [TestMethod]
    public void FactoryOptionsOutOfRangeAreRefused()
    {
        PspNetFactory pspNet = new();
        DilatedNetFactory dilatedNet = new();
        Fcn8sFactory fcn = new();
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => pspNet.BackboneName = "vgg19").Message, "vgg16");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => pspNet.Bins = []).Message, "Bins");
        foreach ((Action set, string message) in new (Action, string)[]
        {
            (() => pspNet.OutputStride = 4, "OutputStride is 4"),
            (() => pspNet.Bins = [1, 0], "Bins must be 1 to 64"),
            (() => pspNet.Dropout = 1, "Dropout is 1"),
            (() => pspNet.AuxiliaryWeight = -0.1, "AuxiliaryWeight is -0.1"),
            (() => dilatedNet.HiddenChannels = 0, "HiddenChannels is 0"),
            (() => dilatedNet.Dropout = double.NaN, "Dropout is NaN"),
            (() => fcn.HiddenChannels = 4097, "HiddenChannels is 4097"),
            (() => fcn.Dropout = -1, "Dropout is -1"),
            (() => fcn.Pool4Scale = 0, "Pool4Scale is 0"),
            (() => fcn.Pool3Scale = double.PositiveInfinity, "Pool3Scale is"),
        })
        {
            StringAssert.Contains(Assert.ThrowsExactly<ArgumentOutOfRangeException>(set).Message, message);
        }

        Sequence.AreEqual(pspNet.Bins, 1, 2, 3, 6);
        Assert.AreEqual(4096, fcn.HiddenChannels);
    }

    private static Dictionary<string, byte[]> Snapshot(SegmentationNetwork network) =>
        network.state_dict().ToDictionary(pair => pair.Key, pair => pair.Value.bytes.ToArray());

    [TestMethod]
    [DataRow(DeepLabV2Form.Vgg, false)]
    [DataRow(DeepLabV2Form.Vgg, true)]
    [DataRow(DeepLabV2Form.ResNet, true)]
    public void StripsOfDeepLabsHeadGiveItsLogits(DeepLabV2Form form, bool channelsLast)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using DeepLabV2 network = new(new SmallBackbone(), 3, [2, 24], form);
        using Generator generator = new(1, CPU);
        foreach (Parameter parameter in network.parameters())
        {
            parameter.normal_(0, 0.05, generator);
        }

        network.eval();

        // 5 strips of 20 rows and one of 3; the wide branch reaches over more than one of them.
        Tensor map = randn([1, 2, 103, 200], generator: generator);
        BackboneFeatures features = new(channelsLast ? map.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2) : map);

        Assert.IsTrue(network.Classify(features).allclose(network.ClassifySparingly(features), rtol: 1e-4, atol: 1e-4));
    }
}

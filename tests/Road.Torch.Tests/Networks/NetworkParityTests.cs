using Road.Torch.Networks;
using Road.Torch.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Networks;

/// <summary>
/// Holds backbones against torchvision's and networks against plain PyTorch restatements, by the samples that
/// <c>tests/fixtures/networks.py</c> wrote.
/// </summary>
[TestClass]
public sealed class NetworkParityTests
{
    private const double Tolerance = 1e-4;
    private const int Classes = 5;
    private static readonly string Fixture = Path.Combine(AppContext.BaseDirectory, "fixtures", "networks.safetensors");

    [TestMethod]
    public void TheFormulaGivesTheSameNumbersInBothLanguages()
    {
        using DisposeScope scope = NewDisposeScope();
        using SafetensorsFile file = SafetensorsFile.Open(Fixture);

        Tensor sample = file.ReadTensor("input");

        Tensor input = Small().flatten();
        int step = (int)(input.numel() / 300) | 1;
        CollectionAssert.AreEqual(
            sample.data<float>().ToArray(), input.data<float>().ToArray().Where((_, i) => i % step == 0).ToArray());
    }

    [TestMethod]
    [DataRow("resnet18", 8)]
    [DataRow("resnet18", 16)]
    [DataRow("resnet18", 32)]
    [DataRow("resnet50", 8)]
    [DataRow("resnet50", 16)]
    [DataRow("resnet50", 32)]
    [DataRow("resnet101", 8)]
    [DataRow("resnet101", 16)]
    [DataRow("resnet101", 32)]
    [DataRow("vgg16", 8)]
    [DataRow("vgg16", 16)]
    [DataRow("vgg16", 32)]
    [DataRow("squeezenet1_1", 8)]
    [DataRow("squeezenet1_1", 16)]
    public void BackbonesGiveTorchvisionsFeatures(string name, int stride)
    {
        using Backbone backbone = Backbones.Create(name, stride);
        CheckFeatures(backbone, $"{name}-{stride}");
    }

    [TestMethod]
    public void VggWithoutItsFourthPoolingGivesTorchvisionsFeatures()
    {
        using Vgg16 backbone = new(8, keepsDilatedPooling: false);
        CheckFeatures(backbone, "vgg16-8-unpooled");
    }

    [TestMethod]
    public void DeepLabOnVggGivesItsRestatementsLogits() =>
        CheckLogits("deeplab-vgg16", new DeepLabV2Factory { Dilations = [1, 2, 4, 6] });

    [TestMethod]
    public void DeepLabOnResNetGivesItsRestatementsLogits() =>
        CheckLogits("deeplab-resnet101", new DeepLabV2Factory { BackboneName = "resnet101", Dilations = [1, 2, 4, 6] });

    [TestMethod]
    public void PspNetGivesItsRestatementsLogits()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using SegmentationNetwork network = Create(new PspNetFactory());
        network.eval();

        BackboneFeatures features = network.Extract(Small());

        Check("pspnet-resnet101", network.Classify(features));
        Check("pspnet-resnet101.aux", network.ClassifyAuxiliary(features)!);
    }

    [TestMethod]
    public void PspNetInTrainingGivesItsRestatementsLogitsAndStatistics()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using SegmentationNetwork network = Create(new PspNetFactory { BackboneName = "resnet18", Dropout = 0 });
        network.train();
        network.Backbone.FreezeNormalization();

        BackboneFeatures features = network.Extract(Small());

        Check("pspnet-resnet18", network.Classify(features));
        Check("pspnet-resnet18.aux", network.ClassifyAuxiliary(features)!);
        Dictionary<string, Tensor> state = network.state_dict();
        foreach (string name in new[] { "ppm.features.0.2.running_var", "cls.1.running_mean", "aux.1.running_var" })
        {
            Check($"pspnet-resnet18.{name}", state[name]);
        }
    }

    [TestMethod]
    public void DilatedNetGivesItsRestatementsLogits()
    {
        Tensor images = FormulaWeights.Create("input", 1, 3, 161, 137);
        CheckLogits("dilatednet-vgg16", new DilatedNetFactory { HiddenChannels = 32 }, images);
        CheckLogits("dilatednet-vgg16.front", new DilatedNetFactory { HiddenChannels = 32, HasContext = false }, images);
        images.Dispose();
    }

    [TestMethod]
    public void Fcn8sGivesItsRestatementsLogits() =>
        CheckLogits("fcn8s-vgg16", new Fcn8sFactory { HiddenChannels = 32, Pool4Scale = 0.5, Pool3Scale = 0.25 });

    private static Tensor Small() => FormulaWeights.Create("input", 2, 3, 65, 49);

    private static void CheckFeatures(Backbone backbone, string name)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        FormulaWeights.Fill(backbone);
        backbone.eval();

        BackboneFeatures features = backbone.call(Small());

        Check($"{name}.last", features.Last);
        Check($"{name}.intermediate", features.Intermediate!);
        for (int i = 0; i < features.Skips.Count; i++)
        {
            Check($"{name}.skip{i}", features.Skips[i]);
        }

        Assert.AreEqual(backbone.OutputChannels, features.Last.shape[1]);
        Assert.AreEqual(backbone.IntermediateChannels, (int)features.Intermediate!.shape[1]);
        Assert.HasCount(backbone is Vgg16 ? 2 : 0, features.Skips);
    }

    private static void CheckLogits(string name, SegmentationNetworkFactory factory, Tensor? images = null)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using SegmentationNetwork network = Create(factory);
        network.eval();
        Check(name, network.call(images ?? Small()));
    }

    /// <summary>A network with the formula's weights, whose last map is halved and nothing else.</summary>
    private static SegmentationNetwork Create(SegmentationNetworkFactory factory)
    {
        SegmentationNetwork network = factory.Create(Classes);
        FormulaWeights.Fill(network);
        network.FeatureScale.fill_(0.5);
        return network;
    }

    private static void Check(string name, Tensor actual)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Fixture);
        CollectionAssert.AreEqual(file.ReadTensor(name + ".shape").data<long>().ToArray(), actual.shape, name);
        double norm = file.ReadTensor(name + ".norm").item<double>();
        Tensor expected = file.ReadTensor(name).to(ScalarType.Float64);
        Tensor flat = actual.to(ScalarType.Float64).flatten();
        long step = (flat.numel() / 300) | 1;
        Tensor sample = flat.slice(0, 0, flat.numel(), step);

        Assert.AreEqual(norm, flat.norm().item<double>(), Tolerance * norm, $"norm of {name}");
        double scale = expected.norm().item<double>();
        Assert.IsGreaterThan(0, scale);
        Assert.IsLessThanOrEqualTo(Tolerance, (sample - expected).norm().item<double>() / scale, $"relative error of {name}");
    }
}

using Road.Torch.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Networks;

[TestClass]
public sealed class BackboneTests
{
    [TestMethod]
    public void Vgg16HasTorchvisionsNamesAndShapes()
    {
        (int Index, int In, int Out)[] convolutions =
        [
            (0, 3, 64), (2, 64, 64), (5, 64, 128), (7, 128, 128), (10, 128, 256), (12, 256, 256), (14, 256, 256),
            (17, 256, 512), (19, 512, 512), (21, 512, 512), (24, 512, 512), (26, 512, 512), (28, 512, 512),
        ];
        using Vgg16 backbone = new();

        CollectionAssert.AreEqual(
            convolutions.SelectMany(
                c => new[] { $"features.{c.Index}.weight {c.Out} {c.In} 3 3", $"features.{c.Index}.bias {c.Out}" }).ToArray(),
            Layout(backbone));
        Sequence.AreEqual(backbone.Stages.Select(stage => stage.Name), "conv1", "conv2", "conv3", "conv4", "conv5");
        Assert.AreEqual(512, backbone.OutputChannels);
        Assert.AreEqual(8, backbone.OutputStride);
    }

    [TestMethod]
    public void SqueezeNetHasItsPublishedNamesAndShapes()
    {
        (int Index, int In, int Squeezed, int Expanded)[] fires =
        [
            (2, 64, 16, 64), (3, 128, 16, 64), (4, 128, 32, 128), (5, 256, 32, 128),
            (6, 256, 48, 192), (7, 384, 48, 192), (8, 384, 64, 256), (9, 512, 64, 256),
        ];
        using SqueezeNet11 backbone = new();

        CollectionAssert.AreEqual(
            fires.SelectMany(fire => new[]
            {
                $"fire{fire.Index}.squeeze1x1.weight {fire.Squeezed} {fire.In} 1 1",
                $"fire{fire.Index}.squeeze1x1.bias {fire.Squeezed}",
                $"fire{fire.Index}.expand1x1.weight {fire.Expanded} {fire.Squeezed} 1 1",
                $"fire{fire.Index}.expand1x1.bias {fire.Expanded}",
                $"fire{fire.Index}.expand3x3.weight {fire.Expanded} {fire.Squeezed} 3 3",
                $"fire{fire.Index}.expand3x3.bias {fire.Expanded}",
            }).Prepend("conv1.bias 64").Prepend("conv1.weight 64 3 3 3").ToArray(),
            Layout(backbone));
        Assert.HasCount(9, backbone.Stages);
        Assert.AreEqual(8, backbone.OutputStride);
    }

    [TestMethod]
    [DataRow("vgg16", 8, 321, 321, 40, 40)]
    [DataRow("vgg16", 16, 321, 321, 20, 20)]
    [DataRow("vgg16", 8, 64, 100, 8, 12)]
    [DataRow("vgg16", 16, 64, 100, 4, 6)]
    [DataRow("vgg16", 8, 16, 16, 2, 2)]
    [DataRow("vgg16", 32, 321, 321, 10, 10)]
    [DataRow("vgg16", 32, 65, 100, 2, 3)]
    [DataRow("resnet18", 8, 321, 321, 41, 41)]
    [DataRow("resnet18", 16, 64, 100, 4, 7)]
    [DataRow("resnet18", 32, 33, 1, 2, 1)]
    [DataRow("resnet50", 8, 64, 100, 8, 13)]
    [DataRow("resnet50", 16, 321, 321, 21, 21)]
    [DataRow("resnet50", 32, 321, 321, 11, 11)]
    [DataRow("resnet101", 8, 713, 321, 90, 41)]
    [DataRow("squeezenet1_1", 8, 321, 321, 40, 40)]
    [DataRow("squeezenet1_1", 16, 321, 321, 20, 20)]
    [DataRow("squeezenet1_1", 8, 64, 100, 7, 12)]
    [DataRow("squeezenet1_1", 16, 64, 100, 3, 6)]
    [DataRow("squeezenet1_1", 8, 128, 128, 15, 15)]
    [DataRow("squeezenet1_1", 16, 128, 128, 7, 7)]
    [DataRow("squeezenet1_1", 8, 16, 16, 1, 1)]
    public void TheLastMapHasTheSizeOfItsOutputStride(string name, int stride, int height, int width, int mapHeight, int mapWidth)
    {
        using DisposeScope scope = NewDisposeScope();
        using Backbone backbone = Backbones.Create(name, stride);
        backbone.to(META);

        BackboneFeatures features = backbone.call(zeros([0, 3, height, width], device: META));

        Assert.AreEqual(stride, backbone.OutputStride);
        TensorAssert.HasShape(features.Last, 0, backbone.OutputChannels, mapHeight, mapWidth);
        Assert.AreEqual(backbone.IntermediateChannels, (int)features.Intermediate!.shape[1]);
        if (name == "squeezenet1_1" || (name != "vgg16" && stride < 32))
        {
            TensorAssert.HasShape(features.Intermediate, 0, backbone.IntermediateChannels!.Value, mapHeight, mapWidth);
        }
    }

    [TestMethod]
    [DataRow("vgg16")]
    [DataRow("squeezenet1_1")]
    public void DilationKeepsTheValuesThatStrideSixteenGives(string name)
    {
        // A dilated layer sees the same inputs as the strided one where their grids meet, away from the border: over an
        // image of one colour both give the same value everywhere inside.
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using Backbone dense = Backbones.Create(name, 8);
        using Backbone strided = Backbones.Create(name, 16);
        using Generator generator = new(3, CPU);
        WeightInitialization.KaimingNormal(dense, generator);
        strided.load_state_dict(dense.state_dict());
        int size = name == "vgg16" ? 288 : 272;
        Tensor image = full([1, 3, size, size], 0.5f);

        Tensor fine = dense.call(image).Last;
        Tensor coarse = strided.call(image).Last;

        Tensor expected = coarse[0, TensorIndex.Colon, coarse.shape[2] / 2, coarse.shape[3] / 2];
        Tensor actual = fine[0, TensorIndex.Colon, fine.shape[2] / 2, fine.shape[3] / 2];
        Assert.IsGreaterThan(0.01f, expected.max().item<float>());
        Assert.IsTrue(actual.allclose(expected, rtol: 1e-3, atol: 1e-4));
    }

    [TestMethod]
    [DataRow("vgg16", 4, "must be 8, 16 or 32")]
    [DataRow("vgg16", 64, "must be 8, 16 or 32")]
    [DataRow("resnet18", 4, "must be 8, 16 or 32")]
    [DataRow("resnet101", 0, "must be 8, 16 or 32")]
    [DataRow("squeezenet1_1", 0, "must be 8 or 16")]
    [DataRow("squeezenet1_1", 32, "must be 8 or 16: it has no fifth layer")]
    public void OutputStridesThatABackboneDoesNotHaveAreRefused(string name, int stride, string range)
    {
        ArgumentOutOfRangeException error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(
            () => Backbones.Create(name, stride).Dispose());
        Assert.AreEqual(stride, error.ActualValue);
        StringAssert.Contains(error.Message, $"OutputStride of {name} {range}");
    }

    [TestMethod]
    public void AnUnknownBackboneIsRefusedWithTheKnownNames()
    {
        string message = Assert.ThrowsExactly<ArgumentException>(() => Backbones.Create("vgg19", 8).Dispose()).Message;
        StringAssert.Contains(message, "vgg19");
        StringAssert.Contains(message, "resnet101, resnet18, resnet50, squeezenet1_1, vgg16");
    }

    [TestMethod]
    [DataRow(-1)]
    [DataRow(6)]
    public void MoreOrFewerStagesThanThereAreCannotBeFrozen(int count)
    {
        using Vgg16 backbone = new();
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => backbone.FreezeStages(count)).Message, "0 to 5");
    }

    [TestMethod]
    [DataRow("resnet18", 11_689_512, 512)]
    [DataRow("resnet50", 25_557_032, 2048)]
    [DataRow("resnet101", 44_549_160, 2048)]
    public void ResNetsHaveTheirPublishedNumberOfParameters(string name, int published, int channels)
    {
        using Backbone backbone = Backbones.Create(name, 8);

        // The published count includes the classifier of ImageNet's 1,000 classes.
        Assert.AreEqual(published - (channels * 1000) - 1000, backbone.parameters().Sum(parameter => parameter.numel()));
        Assert.AreEqual(channels, backbone.OutputChannels);
        Assert.AreEqual(channels / 2, backbone.IntermediateChannels);
        Sequence.AreEqual(backbone.Stages.Select(stage => stage.Name), "conv1", "layer1", "layer2", "layer3", "layer4");
        Assert.AreEqual(
            backbone.parameters().Count(), backbone.Stages.Sum(stage => stage.Modules.Sum(module => module.parameters().Count())));
    }

    [TestMethod]
    [DataRow("vgg16", 138_357_544 - 123_642_856)]
    [DataRow("squeezenet1_1", 1_235_496 - 513_000)]
    public void TheOtherBackbonesHaveTheirPublishedNumberOfParameters(string name, int expected)
    {
        using Backbone backbone = Backbones.Create(name, 8);
        Assert.AreEqual(expected, backbone.parameters().Sum(parameter => parameter.numel()));
    }

    [TestMethod]
    public void ResNetsHaveTorchvisionsNamesAndShapes()
    {
        using ResNet basic = new(18);
        using ResNet bottleneck = new(101);

        Sequence.AreEqual(
            State(basic).Where(
                entry => !entry.StartsWith("layer", StringComparison.Ordinal) || entry.StartsWith("layer2.0.", StringComparison.Ordinal)),
            "bn1.bias 64", "bn1.num_batches_tracked ", "bn1.running_mean 64", "bn1.running_var 64", "bn1.weight 64",
            "conv1.weight 64 3 7 7",
            "layer2.0.bn1.bias 128", "layer2.0.bn1.num_batches_tracked ", "layer2.0.bn1.running_mean 128", "layer2.0.bn1.running_var 128",
            "layer2.0.bn1.weight 128",
            "layer2.0.bn2.bias 128", "layer2.0.bn2.num_batches_tracked ", "layer2.0.bn2.running_mean 128", "layer2.0.bn2.running_var 128",
            "layer2.0.bn2.weight 128",
            "layer2.0.conv1.weight 128 64 3 3", "layer2.0.conv2.weight 128 128 3 3", "layer2.0.downsample.0.weight 128 64 1 1",
            "layer2.0.downsample.1.bias 128", "layer2.0.downsample.1.num_batches_tracked ", "layer2.0.downsample.1.running_mean 128",
            "layer2.0.downsample.1.running_var 128", "layer2.0.downsample.1.weight 128");
        Sequence.AreEqual(
            State(bottleneck).Where(
                entry => entry.StartsWith("layer3.22.", StringComparison.Ordinal) && entry.Contains("conv", StringComparison.Ordinal)),
            "layer3.22.conv1.weight 256 1024 1 1", "layer3.22.conv2.weight 256 256 3 3", "layer3.22.conv3.weight 1024 256 1 1");
        string[] shortcuts = [.. State(bottleneck).Where(entry => entry.Contains("downsample.0", StringComparison.Ordinal))];
        Sequence.AreEqual(
            shortcuts,
            "layer1.0.downsample.0.weight 256 64 1 1", "layer2.0.downsample.0.weight 512 256 1 1",
            "layer3.0.downsample.0.weight 1024 512 1 1", "layer4.0.downsample.0.weight 2048 1024 1 1");
        Assert.IsFalse(State(basic).Any(entry => entry.StartsWith("layer1.0.downsample", StringComparison.Ordinal)));
    }

    [TestMethod]
    [DataRow("resnet18", 64, 96)]
    [DataRow("resnet18", 65, 33)]
    [DataRow("resnet50", 64, 33)]
    public void ADilatedResNetGivesTheStridedOnesValuesWhereTheirGridsMeet(string name, int height, int width)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Tensor[] maps = [.. new[] { 8, 16, 32 }.Select(stride =>
        {
            using Backbone backbone = Backbones.Create(name, stride);
            FormulaWeights.Fill(backbone);
            backbone.eval();
            return backbone.call(FormulaWeights.Create("input", 1, 3, height, width)).Last;
        })];

        foreach ((Tensor fine, Tensor coarse) in maps.Zip(maps.Skip(1)))
        {
            Tensor met = fine.slice(2, 0, fine.shape[2], 2).slice(3, 0, fine.shape[3], 2);
            Assert.IsGreaterThan(0, coarse.max().item<float>());
            Assert.IsTrue(met.allclose(coarse, rtol: 1e-3, atol: 1e-3 * coarse.max().item<float>()));
        }
    }

    [TestMethod]
    public void FrozenStagesTakeNoGradient()
    {
        using ResNet backbone = new(18);
        backbone.FreezeStages(2);
        string[] frozen = [
            .. backbone.named_parameters().Where(pair => !pair.parameter.requires_grad).Select(
                pair => pair.name[..pair.name.IndexOf('.', StringComparison.Ordinal)]).Distinct()];
        CollectionAssert.AreEquivalent(new[] { "conv1", "bn1", "layer1" }, frozen);
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => backbone.FreezeStages(6)).Message, "0 to 5");
    }

    [TestMethod]
    public void FrozenNormalizationKeepsStatisticsAndTakesNoGradient()
    {
        using DisposeScope scope = NewDisposeScope();
        using ResNet backbone = new(18);
        FormulaWeights.Fill(backbone);
        backbone.train();
        backbone.FreezeNormalization();
        Tensor before = backbone.state_dict()["layer4.1.bn2.running_var"].clone();

        Tensor last = backbone.call(FormulaWeights.Create("input", 2, 3, 33, 49)).Last;

        Assert.IsTrue(last.requires_grad);
        Assert.IsTrue(backbone.state_dict()["layer4.1.bn2.running_var"].equal(before).all().item<bool>());
        Assert.AreEqual(0, backbone.state_dict()["bn1.num_batches_tracked"].item<long>());
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in backbone.named_parameters())
        {
            Assert.AreEqual(parameter.dim() > 1, parameter.requires_grad, name);
        }
    }

    [TestMethod]
    public void AnUnknownDepthIsRefused() =>
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ResNet(34).Dispose()).Message, "18, 50 or 101");

    [TestMethod]
    public void AForwardPassLeavesOnlyItsFeatures()
    {
        foreach (string name in Backbones.Names)
        {
            using DisposeScope scope = NewDisposeScope();
            using IDisposable noGradient = no_grad();
            using Backbone backbone = Backbones.Create(name, 8);
            backbone.eval();
            Tensor image = zeros(1, 3, 64, 64);
            int held = scope.DisposablesCount;

            BackboneFeatures features = backbone.call(image);

            Assert.AreEqual(held + 2 + features.Skips.Count, scope.DisposablesCount, name);
        }
    }

    private static string[] State(Backbone backbone) =>
        [.. backbone.state_dict().Select(pair => $"{pair.Key} {string.Join(' ', pair.Value.shape)}").Order(StringComparer.Ordinal)];

    private static string[] Layout(Backbone backbone) =>
        [.. backbone.named_parameters().Select(pair => $"{pair.name} {string.Join(' ', pair.parameter.shape)}")];
}

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
            convolutions.SelectMany(c => new[] { $"features.{c.Index}.weight {c.Out} {c.In} 3 3", $"features.{c.Index}.bias {c.Out}" }).ToArray(),
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
        if (features.Intermediate is not null)
        {
            TensorAssert.HasShape(features.Intermediate, 0, 384, mapHeight, mapWidth);
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
    [DataRow("vgg16", 4)]
    [DataRow("vgg16", 32)]
    [DataRow("squeezenet1_1", 0)]
    [DataRow("squeezenet1_1", 32)]
    public void OutputStridesThatABackboneDoesNotHaveAreRefused(string name, int stride)
    {
        ArgumentOutOfRangeException error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Backbones.Create(name, stride).Dispose());
        Assert.AreEqual(stride, error.ActualValue);
        StringAssert.Contains(error.Message, $"OutputStride of {name} must be 8 or 16");
    }

    [TestMethod]
    public void AnUnknownBackboneIsRefusedWithTheKnownNames()
    {
        string message = Assert.ThrowsExactly<ArgumentException>(() => Backbones.Create("vgg19", 8).Dispose()).Message;
        StringAssert.Contains(message, "vgg19");
        StringAssert.Contains(message, "squeezenet1_1, vgg16");
    }

    [TestMethod]
    [DataRow(-1)]
    [DataRow(6)]
    public void MoreOrFewerStagesThanThereAreCannotBeFrozen(int count)
    {
        using Vgg16 backbone = new();
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => backbone.FreezeStages(count)).Message, "0 to 5");
    }

    private static string[] Layout(Backbone backbone) =>
        [.. backbone.named_parameters().Select(pair => $"{pair.name} {string.Join(' ', pair.parameter.shape)}")];
}

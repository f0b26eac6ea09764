using System.Text.Json;
using Road.Torch.Networks;
using Road.Torch.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Weights;

/// <summary>The names of others, as <c>tests/fixtures/weights.py</c> took them from torchvision, in our backbones.</summary>
[TestClass]
public sealed class WeightsNamesTests
{
    [TestMethod]
    [DataRow("")]
    [DataRow("module.")]
    public void TorchvisionsSqueezeNetFillsOurs(string prefix)
    {
        using DisposeScope scope = NewDisposeScope();
        using SqueezeNet11 backbone = new();
        Dictionary<string, Tensor> published = Published("squeezenet1_1");

        WeightsReport report = Load(published.ToDictionary(pair => prefix + pair.Key, pair => pair.Value), backbone);

        Assert.HasCount(50, report.Loaded);
        Sequence.AreEqual(report.Skipped, "classifier.1.weight", "classifier.1.bias");
        Dictionary<string, Tensor> state = backbone.state_dict();
        AssertCameFrom("conv1.weight", "features.0.weight");
        AssertCameFrom("fire2.squeeze1x1.weight", "features.3.squeeze.weight");
        AssertCameFrom("fire3.expand1x1.bias", "features.4.expand1x1.bias");
        AssertCameFrom("fire4.expand3x3.weight", "features.6.expand3x3.weight");
        AssertCameFrom("fire5.squeeze1x1.bias", "features.7.squeeze.bias");
        AssertCameFrom("fire6.squeeze1x1.bias", "features.9.squeeze.bias");
        AssertCameFrom("fire7.squeeze1x1.bias", "features.10.squeeze.bias");
        AssertCameFrom("fire8.squeeze1x1.bias", "features.11.squeeze.bias");
        AssertCameFrom("fire9.expand3x3.bias", "features.12.expand3x3.bias");

        void AssertCameFrom(string ours, string theirs) =>
            Assert.IsTrue(state[ours].eq(published[theirs]).all().item<bool>(), ours);
    }

    [TestMethod]
    public void TorchvisionsAndTimmsVggFillOurs()
    {
        using DisposeScope scope = NewDisposeScope();
        using Vgg16 backbone = new();
        Dictionary<string, Tensor> tensors = Published("vgg16");
        tensors["pre_logits.fc1.weight"] = zeros(1);
        tensors["head.fc.weight"] = zeros(1);

        WeightsReport report = Load(tensors, backbone);

        Assert.HasCount(26, report.Loaded);
        Assert.HasCount(8, report.Skipped);
        Assert.IsTrue(backbone.state_dict()["features.28.bias"].eq(tensors["features.28.bias"]).all().item<bool>());
    }

    [TestMethod]
    [DataRow("backbone.")]
    [DataRow("module.backbone.")]
    public void BackboneOfASegmentationNetworkIsFound(string prefix)
    {
        using DisposeScope scope = NewDisposeScope();
        using SmallBackbone backbone = new();
        string outer = prefix[..^"backbone.".Length];
        Dictionary<string, Tensor> tensors = SmallBackbone.FittingTensors().ToDictionary(pair => prefix + pair.Key, pair => pair.Value);
        tensors[outer + "classifier.4.weight"] = zeros(1);
        tensors[outer + "aux_classifier.4.weight"] = zeros(1);

        WeightsReport report = Load(tensors, backbone);

        Assert.HasCount(7, report.Loaded);
        Sequence.AreEqual(report.Skipped.Order(), "aux_classifier.4.weight", "classifier.4.weight");
        Assert.AreEqual(6f, backbone.state_dict()["norm.running_var"][0].item<float>());
    }

    [TestMethod]
    [DataRow("backbone.", "decode_head.conv_seg.weight", "auxiliary_head.convs.0.conv.weight")]
    [DataRow("encoder.", "decoder.blocks.0.conv1.0.weight", "segmentation_head.0.weight")]
    [DataRow("module.encoder.", "decoder.conv.weight", "classification_head.3.weight")]
    [DataRow("model.backbone.", "decode_head.conv_seg.weight", "decode_head.bn.num_batches_tracked")]
    [DataRow("model.net.module.backbone.", "decode_head.conv_seg.weight", "decode_head.conv_seg.bias")]
    [DataRow("Scale.", "layer5.conv2d_list.0.weight", "layer5.conv2d_list.0.bias")]
    [DataRow("", "layer5.conv2d_list.0.weight", "layer6.conv2d_list.3.bias")]
    public void ABackboneIsTakenOutOfAWholeSegmenterAndItsHeadsAreNamed(string prefix, params string[] heads)
    {
        using DisposeScope scope = NewDisposeScope();
        using SmallBackbone backbone = new();
        string outer = prefix.Replace("backbone.", "", StringComparison.Ordinal).Replace("encoder.", "", StringComparison.Ordinal);
        Dictionary<string, Tensor> tensors = heads.ToDictionary(head => outer + head, _ => zeros(1));
        foreach ((string name, Tensor tensor) in SmallBackbone.FittingTensors())
        {
            tensors[prefix + name] = tensor;
        }

        WeightsReport report = Load(tensors, backbone);

        Assert.HasCount(7, report.Loaded);
        Sequence.AreEqual(report.Skipped.Order(), [.. heads.Order()]);
        Assert.AreEqual(6f, backbone.state_dict()["norm.running_var"][0].item<float>());
        foreach (string head in heads)
        {
            StringAssert.Contains(report.ToString(), head);
        }
    }

    [TestMethod]
    [DataRow("segmenter-mmsegmentation.pth", "auxiliary_head.convs.0.conv.weight", "decode_head.conv_seg.weight")]
    [DataRow("segmenter-smp.pth", "decoder.blocks.0.conv1.0.weight", "segmentation_head.0.weight")]
    [DataRow("segmenter-lightning.ckpt", "decoder.conv.weight", "segmentation_head.0.weight")]
    [DataRow("segmenter-adaptsegnet.pth", "layer5.conv2d_list.0.weight", "layer6.conv2d_list.3.bias")]
    public void ACheckpointOfAWholeSegmenterAsItsLibraryWritesItGivesItsBackbone(string name, params string[] heads)
    {
        using DisposeScope scope = NewDisposeScope();
        using SmallBackbone backbone = new();

        WeightsReport report = BackboneWeights.FromFile(WeightsFixture.Find(name)).LoadInto(backbone, out _);

        Assert.HasCount(7, report.Loaded);
        Sequence.AreEqual(report.Skipped.Order(), heads);
        Dictionary<string, Tensor> state = backbone.state_dict();
        foreach ((string tensor, Tensor expected) in SmallBackbone.FittingTensors())
        {
            Assert.IsTrue(state[tensor].eq(expected).all().item<bool>(), tensor);
        }
    }

    [TestMethod]
    public void WhatLightningKeepsBesideTheModelAndAHeadOfTheSameNamesIsLeftAlone()
    {
        using DisposeScope scope = NewDisposeScope();
        using SmallBackbone backbone = new();
        Dictionary<string, Tensor> tensors = new() { ["criterion.weight"] = zeros(3), ["model.conv.weight"] = full([2, 3, 1, 1], 9f) };
        foreach ((string name, Tensor tensor) in SmallBackbone.FittingTensors())
        {
            tensors["model.encoder." + name] = tensor;
        }

        WeightsReport report = Load(tensors, backbone);

        Sequence.AreEqual(report.Skipped.Order(), "conv.weight", "criterion.weight");
        Assert.AreEqual(1f, backbone.state_dict()["conv.weight"][0, 0, 0, 0].item<float>());
    }

    [TestMethod]
    public void ABackboneThatAFileHasTwiceIsRefused()
    {
        using DisposeScope scope = NewDisposeScope();
        using SmallBackbone backbone = new();
        Dictionary<string, Tensor> tensors = [];
        foreach ((string name, Tensor tensor) in SmallBackbone.FittingTensors())
        {
            tensors["backbone." + name] = tensor;
            tensors["encoder." + name] = tensor.clone();
        }

        CollectionAssert.Contains(
            Assert.ThrowsExactly<WeightsMismatchException>(() => Load(tensors, backbone)).Report.Unexpected.ToArray(), "conv.bias");
    }

    [TestMethod]
    public void ASegmenterThatLacksPartOfTheBackboneIsRefused()
    {
        using DisposeScope scope = NewDisposeScope();
        using SmallBackbone backbone = new();
        Dictionary<string, Tensor> tensors = SmallBackbone.FittingTensors().ToDictionary(
            static pair => "backbone." + pair.Key, static pair => pair.Value);
        tensors.Remove("backbone.norm.bias");
        tensors["backbone.stem.0.weight"] = zeros(1);
        tensors["decode_head.norm.bias"] = zeros(2);

        WeightsReport report = Assert.ThrowsExactly<WeightsMismatchException>(() => Load(tensors, backbone)).Report;

        Sequence.AreEqual(report.Missing, "norm.bias");
        Sequence.AreEqual(report.Unexpected, "stem.0.weight");
        Sequence.AreEqual(report.Skipped, "decode_head.norm.bias");
    }

    [TestMethod]
    public void WhatIsNoClassifierIsStillRefused()
    {
        using DisposeScope scope = NewDisposeScope();
        using SmallBackbone backbone = new();
        Dictionary<string, Tensor> tensors = SmallBackbone.FittingTensors().ToDictionary(pair => "module." + pair.Key, pair => pair.Value);
        tensors["module.features.3.squeeze.weight"] = zeros(1);
        tensors["module.fc.weight"] = zeros(1);

        WeightsMismatchException exception = Assert.ThrowsExactly<WeightsMismatchException>(() => Load(tensors, backbone));

        Sequence.AreEqual(exception.Report.Unexpected, "features.3.squeeze.weight");
        Sequence.AreEqual(exception.Report.Skipped, "fc.weight");
    }

    [TestMethod]
    public void TwoTensorsThatWouldBeOneAreRefused()
    {
        using DisposeScope scope = NewDisposeScope();
        using SmallBackbone backbone = new();
        Dictionary<string, Tensor> tensors = SmallBackbone.FittingTensors();
        tensors["backbone.conv.bias"] = zeros(2);
        Sequence.AreEqual(Assert.ThrowsExactly<WeightsMismatchException>(() => Load(tensors, backbone)).Report.Unexpected, "conv.bias");
    }

    /// <summary>Random tensors of the published names and shapes; the classifiers', which are large, are cut short.</summary>
    private static Dictionary<string, Tensor> Published(string network)
    {
        using JsonDocument names = JsonDocument.Parse(File.ReadAllText(WeightsFixture.Find("torchvision-names.json")));
        return names.RootElement.GetProperty(network).EnumerateArray().ToDictionary(
            item => item[0].GetString()!,
            item => item[0].GetString()!.StartsWith("classifier", StringComparison.Ordinal)
                ? zeros(1)
                : rand([.. item[1].EnumerateArray().Select(extent => extent.GetInt64())]));
    }

    private static WeightsReport Load(Dictionary<string, Tensor> tensors, Backbone backbone)
    {
        using TemporaryFolder folder = new();
        SafetensorsWriter.Write(folder["w.safetensors"], tensors);
        return BackboneWeights.FromFile(folder["w.safetensors"]).LoadInto(backbone, out _);
    }
}

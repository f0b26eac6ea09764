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

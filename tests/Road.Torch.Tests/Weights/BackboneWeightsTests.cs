using Road.Torch.Networks;
using Road.Torch.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Weights;

[TestClass]
public sealed class BackboneWeightsTests
{
    [TestMethod]
    public void PathConvertsAndNullStaysNull()
    {
        BackboneWeights weights = "some/file.safetensors";
        BackboneWeights? none = (string?)null;
        Assert.AreEqual("some/file.safetensors", weights.Path);
        Assert.IsNull(none);
        Assert.ThrowsExactly<ArgumentException>(() => BackboneWeights.FromFile(" "));
    }

    [TestMethod]
    public void AbsentFileIsNamed()
    {
        using SmallBackbone backbone = new();
        FileNotFoundException exception = Assert.ThrowsExactly<FileNotFoundException>(
            () => BackboneWeights.FromFile("nowhere/vgg16.safetensors").LoadInto(backbone, out _));
        StringAssert.Contains(exception.Message, "nowhere/vgg16.safetensors");
    }

    [TestMethod]
    public void WeightsBringTheirNormalisationAndMayHoldAClassifier()
    {
        using DisposeScope scope = NewDisposeScope();
        using TemporaryFolder folder = new();
        using SmallBackbone backbone = new();
        Dictionary<string, Tensor> tensors = SmallBackbone.FittingTensors();
        tensors["classifier.6.weight"] = zeros(3);
        InputNormalization stored = new(ChannelOrder.Bgr, 255, [103.939, 116.779, 123.68], [1, 0.1, 1e-7]);
        SafetensorsWriter.Write(folder["w.safetensors"], tensors, stored.ToMetadata());

        WeightsReport report = BackboneWeights.FromFile(folder["w.safetensors"]).LoadInto(backbone, out InputNormalization normalization);

        Sequence.AreEqual(report.Skipped, "classifier.6.weight");
        Assert.AreEqual(ChannelOrder.Bgr, normalization.Channels);
        Assert.AreEqual(255, normalization.Range);
        Sequence.AreEqual(normalization.Mean, 103.939, 116.779, 123.68);
        Sequence.AreEqual(normalization.StandardDeviation, 1, 0.1, 1e-7);
    }

    [TestMethod]
    public void FileThatStatesNoNormalisationHasImageNets()
    {
        using DisposeScope scope = NewDisposeScope();
        using TemporaryFolder folder = new();
        using SmallBackbone backbone = new();
        SafetensorsWriter.Write(
            folder["w.safetensors"], SmallBackbone.FittingTensors(), new Dictionary<string, string> { ["format"] = "pt" });
        BackboneWeights.FromFile(folder["w.safetensors"]).LoadInto(backbone, out InputNormalization normalization);
        Assert.AreSame(InputNormalization.ImageNet, normalization);
    }

    [TestMethod]
    [DataRow("input.channels", "rgba", "RGB or BGR")]
    [DataRow("input.range", "0-256", "0-1 or 0-255")]
    [DataRow("input.mean", "1,2", "three")]
    [DataRow("input.mean", "1,2,3,4", "three")]
    [DataRow("input.mean", "1,2,x", "'1,2,x'")]
    [DataRow("input.mean", "1,2,NaN", "finite")]
    [DataRow("input.std", "1,0,1", "positive")]
    [DataRow("input.std", "", "positive")]
    [DataRow("input.std", null, "all four")]
    [DataRow("input.channels", null, "all four")]
    public void MalformedNormalisationNamesFileAndKey(string key, string? value, string cause)
    {
        Dictionary<string, string> metadata = new(InputNormalization.ImageNet.ToMetadata());
        metadata.Remove(key);
        if (value is not null)
        {
            metadata[key] = value;
        }

        string message = Assert.ThrowsExactly<InvalidDataException>(
            () => InputNormalization.FromMetadata(metadata, "w.safetensors")).Message;

        StringAssert.Contains(message, "w.safetensors");
        StringAssert.Contains(message, key);
        StringAssert.Contains(message, cause);
    }

    [TestMethod]
    public void PublishedSqueezeNetWeightsFillTheBackbone()
    {
        string path = TestData.Find("weights/squeezenet1_1-imagenet.safetensors");
        using DisposeScope scope = NewDisposeScope();
        using SqueezeNet11 backbone = new();

        WeightsReport report = BackboneWeights.FromFile(path).LoadInto(backbone, out InputNormalization normalization);

        Assert.IsTrue(report.IsComplete);
        Assert.HasCount(50, report.Loaded);
        Assert.IsEmpty(report.Skipped);
        CollectionAssert.Contains(report.Loaded.ToArray(), "fire9.expand3x3.weight");
        Assert.AreEqual(722_496, backbone.parameters().Sum(parameter => parameter.numel()));
        Assert.AreEqual(ChannelOrder.Bgr, normalization.Channels);
        Assert.AreEqual(255, normalization.Range);
        Sequence.AreEqual(normalization.Mean, 103.939, 116.779, 123.68);
        Sequence.AreEqual(normalization.StandardDeviation, 1, 1, 1);
    }

    [TestMethod]
    public void PublishedWeightsOfAnotherNetworkAreRefused()
    {
        string path = TestData.Find("weights/resnet20-cifar10.safetensors");
        using DisposeScope scope = NewDisposeScope();
        using SqueezeNet11 backbone = new();
        WeightsMismatchException exception = Assert.ThrowsExactly<WeightsMismatchException>(
            () => BackboneWeights.FromFile(path).LoadInto(backbone, out _));
        Assert.AreEqual("conv1.weight", exception.Report.WrongShape.Single().Name);
        StringAssert.Contains(exception.Message, "49 missing");
    }

    [TestMethod]
    public void PublishedPickleOfAnotherNetworkIsReadAndRefused()
    {
        string path = TestData.Find("weights/resnet20-12fca82f.th");
        using SmallBackbone backbone = new();
        WeightsMismatchException exception = Assert.ThrowsExactly<WeightsMismatchException>(
            () => BackboneWeights.FromFile(path).LoadInto(backbone, out _));
        StringAssert.Contains(exception.Message, "resnet20-12fca82f.th");
        CollectionAssert.Contains(exception.Report.Unexpected.ToArray(), "layer1.0.conv1.weight");
    }
}

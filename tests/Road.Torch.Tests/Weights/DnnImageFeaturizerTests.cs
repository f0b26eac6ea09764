using Road.Torch.Networks;
using Road.Torch.Onnx.Format;
using Road.Torch.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Weights;

/// <summary>The ResNet-18 that ML.NET's package brings, which this project references as an application would.</summary>
[TestClass]
public sealed class DnnImageFeaturizerTests
{
    [TestMethod]
    public void PackagesNetworkIsTheProvenOneToTheBit()
    {
        string proven = TestData.Find("weights/resnet18-imagenet.safetensors");
        using DisposeScope scope = NewDisposeScope();
        using ResNet backbone = new(18);
        using ResNet expected = new(18);
        BackboneWeights.FromFile(proven).LoadInto(expected, out InputNormalization wanted);

        WeightsReport report = BackboneWeights.DnnImageFeaturizer.LoadInto(backbone, out InputNormalization normalization);

        Assert.IsTrue(report.IsComplete);
        Assert.HasCount(100, report.Loaded);
        Assert.HasCount(10, report.Skipped);
        Assert.IsTrue(report.Skipped.All(static name => name.StartsWith("layer4.2.", StringComparison.Ordinal)), report.ToString());
        CollectionAssert.AreEqual(wanted.ToMetadata().ToArray(), normalization.ToMetadata().ToArray());
        Dictionary<string, Tensor> tensors = expected.state_dict();
        foreach ((string name, Tensor tensor) in backbone.state_dict())
        {
            CollectionAssert.AreEqual(tensors[name].bytes.ToArray(), tensor.bytes.ToArray(), name);
        }
    }

    [TestMethod]
    public void AbsentFileSaysWhichReferenceToAdd()
    {
        using TemporaryFolder folder = new();
        string message = Assert.ThrowsExactly<FileNotFoundException>(() => DnnImageFeaturizerFile.Find("resnet18", folder.Path)).Message;
        StringAssert.Contains(message, Path.Combine(folder.Path, "DnnImageModels", "ResNet18Onnx", "ResNet18.onnx"));
        StringAssert.Contains(message, "<PackageReference Include=\"Microsoft.ML.DnnImageFeaturizer.ResNet18\" Version=\"0.23.1\" />");
    }

    [TestMethod]
    public void OtherBackbonesAreRefused()
    {
        using SmallBackbone backbone = new();
        string message = Assert.ThrowsExactly<NotSupportedException>(
            () => BackboneWeights.DnnImageFeaturizer.LoadInto(backbone, out _)).Message;
        StringAssert.Contains(message, "'resnet18', not of 'small'");
    }

    [TestMethod]
    public void NameSaysWhereTheWeightsAreFrom()
    {
        Assert.AreEqual("DnnImageFeaturizer", BackboneWeights.DnnImageFeaturizer.ToString());
        Assert.IsNull(BackboneWeights.DnnImageFeaturizer.Path);
    }

    [TestMethod]
    public void MisshapenTensorsOfCntksGraphAreNamedAsTorchvisionWould()
    {
        using TemporaryFolder folder = new();
        using ResNet backbone = new(18);
        File.WriteAllBytes(folder["w"], OnnxBytes.Create(Numbered()));
        WeightsReport report = Assert.ThrowsExactly<WeightsMismatchException>(
            () => BackboneWeights.FromFile(folder["w"]).LoadInto(backbone, out _)).Report;
        Assert.HasCount(100, report.WrongShape);
        Assert.AreEqual("conv1.weight", report.WrongShape[0].Name);
        Assert.HasCount(10, report.Skipped);
    }

    [TestMethod]
    public void AnyOtherGraphOfCntksKeepsItsOwnNames()
    {
        using TemporaryFolder folder = new();
        using SmallBackbone backbone = new();
        File.WriteAllBytes(folder["w"], OnnxBytes.Create(Numbered().Skip(1)));
        using (WeightsFile file = WeightsFile.Open(folder["w"]))
        {
            Assert.IsFalse(CntkResNet18.Is(file));
        }

        WeightsReport report = Assert.ThrowsExactly<WeightsMismatchException>(
            () => BackboneWeights.FromFile(folder["w"]).LoadInto(backbone, out _)).Report;
        CollectionAssert.Contains(report.Unexpected.ToArray(), "Parameter97");
    }

    /// <summary>A graph with the numbered names of CNTK's, each tensor of two numbers.</summary>
    private static IEnumerable<TensorProto> Numbered()
    {
        int[] weights = [91, 86, 82, 77, 73, 199, 68, 64, 59, 55, 275, 50, 46, 41, 37, 351, 32, 28, 23, 19, 14, 10];
        int[] scales = [96, 113, 127, 144, 158, 203, 175, 189, 220, 234, 279, 251, 265, 296, 310, 355, 327, 341, 372, 386, 403, 417];
        return weights.Select(static number => $"Parameter{number}")
            .Concat(scales.SelectMany(static n => new[] { $"Parameter{n}", $"Parameter{n + 1}", $"Constant{n + 2}", $"Constant{n + 3}" }))
            .Select(static name => OnnxBytes.Float(name, [2], 1, 2));
    }
}

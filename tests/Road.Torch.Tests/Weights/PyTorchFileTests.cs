using Road.Torch.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Weights;

/// <summary>Files that PyTorch wrote, held against the values that its script wrote beside them.</summary>
[TestClass]
public sealed class PyTorchFileTests
{
    [TestMethod]
    [DataRow("zip-protocol2.pt", WeightsFormat.PyTorchZip)]
    [DataRow("zip-protocol3.pt", WeightsFormat.PyTorchZip)]
    [DataRow("zip-protocol4.pt", WeightsFormat.PyTorchZip)]
    [DataRow("zip-protocol5.pt", WeightsFormat.PyTorchZip)]
    [DataRow("zip-model.pt", WeightsFormat.PyTorchZip)]
    [DataRow("legacy-protocol1.pth", WeightsFormat.PyTorchLegacy)]
    [DataRow("legacy-protocol2.pth", WeightsFormat.PyTorchLegacy)]
    [DataRow("legacy-protocol4.pth", WeightsFormat.PyTorchLegacy)]
    public void SharedStridedAndTypedTensorsAreReadBitForBit(string name, WeightsFormat format)
    {
        using WeightsFile expected = WeightsFile.Open(WeightsFixture.Find("expected.safetensors"));
        using WeightsFile file = WeightsFile.Open(WeightsFixture.Find(name));
        Assert.AreEqual(WeightsFormat.Safetensors, expected.Format);
        Assert.AreEqual(format, file.Format);
        Assert.HasCount(20, file.Entries);
        Assert.IsEmpty(file.Metadata);
        WeightsFixture.AssertSameTensors(file, expected);
    }

    [TestMethod]
    [DataRow("zip-wrapped.pt")]
    [DataRow("legacy-wrapped.pth")]
    public void StateDictionaryInsideACheckpointIsFound(string name)
    {
        using WeightsFile expected = WeightsFile.Open(WeightsFixture.Find("expected.safetensors"));
        using WeightsFile file = WeightsFile.Open(WeightsFixture.Find(name));
        WeightsFixture.AssertSameTensors(file, expected, "module.");
    }

    [TestMethod]
    public void ViewsOfLegacyStoragesAreResolved()
    {
        using WeightsFile expected = WeightsFile.Open(WeightsFixture.Find("legacy-views.safetensors"));
        using WeightsFile file = WeightsFile.Open(WeightsFixture.Find("legacy-views.pth"));
        WeightsFixture.AssertSameTensors(file, expected);
        using DisposeScope scope = NewDisposeScope();
        Sequence.AreEqual(file.ReadTensor("b").data<float>(), 5, 8, 6, 9, 7, 10);
    }

    [TestMethod]
    public void PublishedLegacyFileHasTheTensorsOfItsTwin()
    {
        using WeightsFile expected = WeightsFile.Open(TestData.Find("weights/resnet20-cifar10.safetensors"));
        using WeightsFile file = WeightsFile.Open(TestData.Find("weights/resnet20-12fca82f.th"));
        Assert.AreEqual(WeightsFormat.PyTorchLegacy, file.Format);
        WeightsFixture.AssertSameTensors(file, expected, "module.");
    }

    [TestMethod]
    public void StridedTensorsConvertIntoStridedDestinations()
    {
        using DisposeScope scope = NewDisposeScope();
        using WeightsFile file = WeightsFile.Open(WeightsFixture.Find("zip-protocol2.pt"));
        Tensor expected = file.ReadTensor("shared.transposed");
        Tensor destination = zeros(4, 6, dtype: ScalarType.Float64).t();
        file.CopyTo("shared.transposed", destination);
        Assert.IsTrue(destination.eq(expected).all().item<bool>());

        Tensor whole = zeros(4, 6, dtype: ScalarType.BFloat16);
        file.CopyTo("shared.all", whole);
        Assert.IsTrue(whole.eq(expected.t()).all().item<bool>());

        Tensor parameter = nn.Parameter(zeros(2, 2));
        file.CopyTo("parameter", parameter);
        Assert.AreEqual(-0.2f, parameter[0, 1].item<float>());
        Assert.IsTrue(parameter.requires_grad && parameter.is_leaf);
    }
}

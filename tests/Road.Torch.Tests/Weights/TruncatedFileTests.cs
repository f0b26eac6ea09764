using Road.Torch.Weights;

namespace Road.Torch.Tests.Weights;

/// <summary>Files cut off at every hundredth byte, and small ones at every byte.</summary>
[TestClass]
public sealed class TruncatedFileTests
{
    [TestMethod]
    [DataRow("weights/resnet20-12fca82f.th")]
    [DataRow("weights/resnet20-cifar10.safetensors")]
    [DataRow("weights/squeezenet1_1-imagenet.safetensors")]
    public void PublishedFilesCutOffAnywhereAreRefused(string name) => AssertRefused(File.ReadAllBytes(TestData.Find(name)), 100);

    [TestMethod]
    [DataRow("zip-wrapped.pt")]
    [DataRow("legacy-wrapped.pth")]
    [DataRow("legacy-protocol1.pth")]
    [DataRow("legacy-views.pth")]
    [DataRow("expected.safetensors")]
    [DataRow("onnx-types.onnx")]
    public void FixturesCutOffAnywhereAreRefused(string name) => AssertRefused(File.ReadAllBytes(WeightsFixture.Find(name)), 1);

    [TestMethod]
    public void TorchSharpsFileCutOffAnywhereIsRefused()
    {
        using TemporaryFolder folder = new();
        using SmallBackbone module = new();
        module.save(folder["w.dat"]);
        AssertRefused(File.ReadAllBytes(folder["w.dat"]), 1);
    }

    private static void AssertRefused(byte[] content, int step)
    {
        using TemporaryFolder folder = new();
        string path = folder["cut.bin"];
        File.WriteAllBytes(path, content);
        WeightsFile.Open(path).Dispose();
        for (int length = (content.Length - 1) / step * step; length >= 0; length -= step)
        {
            using (FileStream stream = new(path, FileMode.Open, FileAccess.Write))
            {
                stream.SetLength(length);
            }

            InvalidDataException exception = Assert.ThrowsExactly<InvalidDataException>(
                () => WeightsFile.Open(path), $"cut to {length} bytes");
            StringAssert.StartsWith(exception.Message, $"Cannot read the weights file '{path}': ");
        }
    }
}

using Road.Torch.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Weights;

[TestClass]
public sealed class TorchSharpFileTests
{
    [TestMethod]
    public void SavedModuleIsReadBackAndLoadsWithImageNetsNormalisation()
    {
        using TemporaryFolder folder = new();
        using DisposeScope scope = NewDisposeScope();
        using SmallBackbone source = new();
        source.load_state_dict(SmallBackbone.FittingTensors());
        source.save(folder["small.dat"]);
        using (WeightsFile file = WeightsFile.Open(folder["small.dat"]))
        {
            Assert.AreEqual(WeightsFormat.TorchSharp, file.Format);
            Sequence.AreEqual(file.Entries.Select(entry => entry.Name), [.. source.state_dict().Keys]);
            Sequence.AreEqual(file.Find("conv.weight")!.Shape, 2, 3, 1, 1);
            Assert.AreEqual(7, file.ReadTensor("norm.num_batches_tracked").item<long>());
        }

        using SmallBackbone backbone = new();
        WeightsReport report = BackboneWeights.FromFile(folder["small.dat"]).LoadInto(backbone, out InputNormalization normalization);

        Assert.HasCount(7, report.Loaded);
        Assert.AreSame(InputNormalization.ImageNet, normalization);
        foreach ((string name, Tensor expected) in SmallBackbone.FittingTensors())
        {
            Assert.IsTrue(backbone.state_dict()[name].eq(expected).all().item<bool>(), name);
        }
    }

    [TestMethod]
    [DataRow(new byte[] { 0 }, "no tensors")]
    [DataRow(new byte[] { 2, 1, 97, 6, 0, 0, 0, 0, 0 }, "ends within the length of the name of tensor 1")]
    [DataRow(new byte[] { 1, 0 }, "a name of 0 bytes")]
    [DataRow(new byte[] { 1, 1, 0xFF, 6, 0, 0, 0, 0, 0 }, "not valid UTF-8")]
    [DataRow(new byte[] { 1, 1, 97, 9, 0, 0, 0, 0, 0 }, "element type 9")]
    [DataRow(new byte[] { 1, 1, 97, 0x86, 0x80, 4 }, "element type 65542")]
    [DataRow(new byte[] { 1, 1, 97, 6, 100 }, "100 dimensions")]
    [DataRow(new byte[] { 1, 1, 97, 6, 1, 2, 0, 0, 0, 0 }, "'a' of shape [2] needs more than the 4 bytes")]
    [DataRow(new byte[] { 1, 1, 97, 6, 2, 255, 255, 255, 255, 255, 255, 255, 255, 127, 9 }, "needs more than")]
    [DataRow(new byte[] { 1, 1, 97, 6, 0, 0, 0, 0, 0, 0 }, "goes on for 1 bytes after its 1 tensors")]
    [DataRow(new byte[] { 2, 1, 97, 0, 0, 5, 1, 97, 0, 0, 5 }, "names 'a' twice")]
    [DataRow(new byte[] { 255, 255, 255, 255, 255, 255, 255, 255, 255, 255 }, "longer than 9 bytes")]
    public void DamagedContentIsRefusedWithTheCause(byte[] content, string cause) =>
        WeightsFixture.AssertRefused(content, "neither a safetensors file", "nor PyTorch's", cause);

    [TestMethod]
    public void TextIsRefusedAsEveryFormat()
    {
        WeightsFixture.AssertRefused(
            "<!DOCTYPE html><html><body>Not found</body></html>"u8.ToArray(), "neither a safetensors file", "TorchSharp's");
        WeightsFixture.AssertRefused([], "it is empty");
        WeightsFixture.AssertRefused("version https://git-lfs.github.com/spec/v1\n"u8.ToArray(), "it is a pointer of Git LFS");
    }
}

using Road.Torch.Adaptation;

namespace Road.Torch.Tests.Adaptation;

[TestClass]
public sealed class CurriculumAdapterTests
{
    [TestMethod]
    public void ADistributionIsOverTheLabelledPixels()
    {
        Assert.AreEqual("0.25 0 0.75", string.Join(' ', CurriculumAdapter.Distribution([0, 2, 2, 255, 2, 255], 3)!));
        Assert.IsNull(CurriculumAdapter.Distribution([255, 255], 3));
    }

    [TestMethod]
    public void ASuperpixelHasTheClassOfMostOfItsPixels()
    {
        // Superpixel 0: two of class 1, one of class 0. Superpixel 1: half ignored. 2: a tie of 0 and 1, and one ignored. 3: empty.
        int[] superpixels = [0, 0, 0, 1, 1, 2, 2, 2];
        byte[] labels = [1, 0, 1, 0, 255, 1, 0, 255];
        Sequence.AreEqual(CurriculumAdapter.DominantClasses(superpixels, labels, 4, 2), 1, -1, 0, -1);
    }
}

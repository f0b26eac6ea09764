using Road.Torch.Adaptation;

namespace Road.Torch.Tests.Adaptation;

[TestClass]
public sealed class ClassSizesTests
{
    [TestMethod]
    public void SizesAreTheQuantilesAndTheMeanOfTheSharesWhereAClassOccurs()
    {
        // Class 0 covers 0.1, 0.2, ..., 0.6 of six images, class 1 the rest of the first only; the other pixels are ignored.
        byte[][] images = [.. Enumerable.Range(1, 6).Select(n =>
            Enumerable.Range(0, 10).Select(i => i < n ? (byte)0 : n == 1 ? (byte)1 : (byte)255).ToArray())];

        ClassSizes sizes = ClassSizes.Of(images, 3)!;

        // Of six values, the 10% quantile lies at place 0.5, the 90% quantile at place 4.5.
        Assert.AreEqual((0.1 + 0.2) / 2, sizes.Lower[0], 1e-12);
        Assert.AreEqual(0.35, sizes.Mean[0], 1e-12);
        Assert.AreEqual((0.5 + 0.6) / 2, sizes.Upper[0], 1e-12);
        Assert.AreEqual((0.9, 0.9, 0.9), (sizes.Lower[1], sizes.Mean[1], sizes.Upper[1]));
        Assert.AreEqual((double.NaN, double.NaN, double.NaN), (sizes.Lower[2], sizes.Mean[2], sizes.Upper[2]));
    }

    [TestMethod]
    public void WithoutALabelledPixelThereAreNone() => Assert.IsNull(ClassSizes.Of([[255, 255], [255, 255]], 2));
}

using Road.Torch.Adaptation;

namespace Road.Torch.Tests.Adaptation;

[TestClass]
public sealed class SuperpixelsTests
{
    [TestMethod]
    public void SuperpixelsFollowAnEdge()
    {
        // Black up to column 7, white from there on: an edge that no regular grid of four cells has.
        const int Size = 24;
        const int Edge = 7;
        byte[] pixels = new byte[Size * Size * 3];
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)(i / 3 % Size < Edge ? 0 : 255);
        }

        int[] superpixels = Superpixels.Segment(pixels, Size, Size, 4);

        Assert.AreEqual(4, Superpixels.Count(Size, Size, 4));
        HashSet<int> black = [.. superpixels.Where((_, i) => i % Size < Edge)];
        HashSet<int> white = [.. superpixels.Where((_, i) => i % Size >= Edge)];
        Assert.IsFalse(black.Overlaps(white));
    }

    [TestMethod]
    public void AFlatImageIsCutRegularly()
    {
        int[] superpixels = Superpixels.Segment(new byte[16 * 16 * 3], 16, 16, 4);
        for (int i = 0; i < superpixels.Length; i++)
        {
            Assert.AreEqual((i / 16 / 8 * 2) + (i % 16 / 8), superpixels[i], $"pixel {i}");
        }
    }

    [TestMethod]
    public void SharesSayHowMuchOfASuperpixelLiesUnderEachCell()
    {
        // Four by two pixels over a map of two by one: superpixel 0 has three pixels on the left and one on the right, 2 has none.
        int[] superpixels = [0, 0, 0, 1, 0, 1, 1, 1];
        float[] shares = new float[6];

        Superpixels.Shares(superpixels, 4, 2, 2, 1, shares);

        CollectionAssert.AreEqual(new[] { 0.75f, 0.25f, 0.25f, 0.75f, 0, 0 }, shares);
    }

    [TestMethod]
    public void ColorsAreThoseOfCieLab()
    {
        // White, black, and the published values of sRGB red.
        float[] colors = CieLab.FromRgb([255, 255, 255, 0, 0, 0, 255, 0, 0]);
        float[] expected = [100, 0, 0, 0, 0, 0, 53.24f, 80.09f, 67.20f];
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], colors[i], 0.02, $"value {i}");
        }
    }
}

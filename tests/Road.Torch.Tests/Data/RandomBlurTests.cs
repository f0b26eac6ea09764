using Road.Torch.Data;

namespace Road.Torch.Tests.Data;

[TestClass]
public sealed class RandomBlurTests
{
    [TestMethod]
    public void APointSpreadsAsWorkedOutByHand()
    {
        // With a deviation of 1/3 the kernel has three weights: e^-4.5 = 0.0111090, 1 and the same, over 1.0222180, which
        // gives 0.0108675, 0.9782650, 0.0108675. Of 255 x 0.9782650^2 = 244.03, 255 x 0.9782650 x 0.0108675 = 2.71 and
        // 255 x 0.0108675^2 = 0.03 remain.
        byte[] pixels = new byte[5 * 5 * 3];
        pixels[((2 * 5) + 2) * 3] = 255;
        RandomBlur.Blur(pixels, 5, new CropArea(0, 0, 5, 5), 1 / 3.0);
        Assert.AreEqual(
            "0 0 0 0 0 0 0 3 0 0 0 3 244 3 0 0 0 3 0 0 0 0 0 0 0", string.Join(' ', Enumerable.Range(0, 25).Select(i => pixels[3 * i])));
        Assert.IsTrue(Enumerable.Range(0, 25).All(i => pixels[(3 * i) + 1] == 0 && pixels[(3 * i) + 2] == 0));
    }

    [TestMethod]
    public void ARowIsTheWeightedSumOfItsNeighbours()
    {
        // With a deviation of 1 the weights are e^(-k^2 / 2) over their sum from -3 to 3, 2.5059.
        byte[] row = [10, 250, 30, 90, 200, 5, 60, 120, 180];
        byte[] pixels = [.. row.SelectMany(value => new[] { value, (byte)(255 - value), (byte)7 })];
        byte[] padded = new byte[9 * 9 * 3];
        pixels.CopyTo(padded, 0);
        RandomBlur.Blur(padded, 9, new CropArea(0, 0, 9, 1), 1);
        for (int x = 0; x < row.Length; x++)
        {
            double expected = 0, total = 0;
            for (int k = -3; k <= 3; k++)
            {
                double weight = Math.Exp(-k * k / 2.0);
                expected += weight * row[Math.Clamp(x + k, 0, 8)];
                total += weight;
            }

            Assert.AreEqual(expected / total, padded[3 * x], 0.51, $"column {x}");
            Assert.AreEqual(255 - (expected / total), padded[(3 * x) + 1], 0.51, $"column {x}");
            Assert.AreEqual(7, padded[(3 * x) + 2]);
        }
    }

    [TestMethod]
    public void PaddingNeitherChangesNorFlowsIn()
    {
        byte[] pixels = [.. Enumerable.Repeat((byte)127, 6 * 6 * 3)];
        CropArea area = new(2, 1, 3, 4);
        for (int y = 1; y < 5; y++)
        {
            pixels.AsSpan(((y * 6) + 2) * 3, 9).Fill(30);
        }

        byte[] before = [.. pixels];
        RandomBlur.Blur(pixels, 6, area, 2);
        CollectionAssert.AreEqual(before, pixels);
    }

    [TestMethod]
    public void HalfOfTheCropsAreBlurred()
    {
        RandomBlur blur = new(3);
        Random random = new(1);
        int blurred = Enumerable.Range(0, 400).Count(_ =>
        {
            byte[] pixels = new byte[5 * 5 * 3];
            pixels[36] = 255;
            blur.Apply(pixels, 5, new CropArea(0, 0, 5, 5), random);
            return pixels[36] != 255;
        });

        // A twentieth of the deviations is too small to be seen.
        Assert.AreEqual(195, blurred, 35);
    }

    [TestMethod]
    [DataRow(0.0)]
    [DataRow(20.5)]
    [DataRow(double.NaN)]
    public void DeviationsOutOfRangeAreRefused(double sigma)
    {
        ArgumentOutOfRangeException error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new RandomBlur(sigma));
        Assert.AreEqual("maximumSigma", error.ParamName);
    }
}

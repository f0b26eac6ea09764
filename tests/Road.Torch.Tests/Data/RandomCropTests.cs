using Road.Torch.Data;

namespace Road.Torch.Tests.Data;

[TestClass]
public sealed class RandomCropTests
{
    private const int Size = 16;

    [TestMethod]
    [DataRow(40, 30)]
    [DataRow(16, 16)]
    [DataRow(10, 40)]
    [DataRow(9, 5)]
    public void EveryPixelAndLabelIsTheOneThatTheWindowPointsTo(int width, int height)
    {
        DecodedSample sample = Coordinates(width, height);
        RandomCrop augmentation = new(Size);
        Random random = new(1);
        int padded = 0;
        for (int trial = 0; trial < 50; trial++)
        {
            Crop crop = augmentation.Apply(sample, random);
            for (int i = 0; i < Size * Size; i++)
            {
                (double x, double y) = crop.Window.ToImage(((i % Size) + 0.5) / Size, ((i / Size) + 0.5) / Size);
                int column = (int)Math.Floor(x);
                int row = (int)Math.Floor(y);
                bool padding = column < 0 || row < 0 || column >= width || row >= height;
                padded += padding ? 1 : 0;
                int original = (row * width) + column;
                byte[] pixel = padding ? [127, 127, 127] : sample.Pixels[(3 * original)..((3 * original) + 3)];
                CollectionAssert.AreEqual(pixel, crop.Pixels[(3 * i)..((3 * i) + 3)], $"pixel {i} of {crop.Window}");
                Assert.AreEqual(
                    padding ? DecodedSample.IgnoredLabel : sample.Labels![original], crop.Labels![i], $"label {i} of {crop.Window}");
            }
        }

        int inside = Math.Min(width, Size) * Math.Min(height, Size);
        Assert.AreEqual(50 * ((Size * Size) - inside), padded);
    }

    [TestMethod]
    public void WindowsReachEveryPlaceAndHalfOfThemAreMirrored()
    {
        DecodedSample sample = Coordinates(20, 18);
        RandomCrop augmentation = new(Size);
        Random random = new(2);

        CropWindow[] windows = [.. Enumerable.Range(0, 2000).Select(_ => augmentation.Apply(sample, random).Window)];

        Assert.AreEqual(0.5, windows.Average(window => window.Mirrored ? 1.0 : 0), 0.05);
        Sequence.AreEqual(windows.Select(window => window.X).Distinct().Order(), 0, 1, 2, 3, 4);
        Sequence.AreEqual(windows.Select(window => window.Y).Distinct().Order(), 0, 1, 2);
        Assert.IsTrue(windows.All(window => window is { Width: Size, Height: Size, ImageWidth: 20, ImageHeight: 18 }));
    }

    [TestMethod]
    public void MirroringCanBeOff()
    {
        RandomCrop augmentation = new(Size, mirror: false);
        Random random = new(3);
        Assert.IsTrue(Enumerable.Range(0, 50).All(_ => !augmentation.Apply(Coordinates(20, 20), random).Window.Mirrored));
    }

    [TestMethod]
    public void ACropLeavesItsImageAsItWas()
    {
        DecodedSample sample = Coordinates(20, 18);
        Random random = new(4);
        for (int i = 0; i < 10; i++)
        {
            Array.Clear(new RandomCrop(Size).Apply(sample, random).Pixels);
        }

        CollectionAssert.AreEqual(Coordinates(20, 18).Pixels, sample.Pixels);
        CollectionAssert.AreEqual(Coordinates(20, 18).Labels, sample.Labels);
    }

    [TestMethod]
    public void AnUnlabelledImageGivesAnUnlabelledCrop()
    {
        Crop crop = new RandomCrop(Size).Apply(new DecodedSample(20, 18, new byte[20 * 18 * 3]), new Random(5), pass: 7);
        Assert.IsNull(crop.Labels);
        Assert.IsFalse(crop.HasLabelledPixels);
        Assert.AreEqual(7, crop.Pass);
    }

    [TestMethod]
    public void LabelsOutsideTheCropAreKnownOf()
    {
        byte[] labels = new byte[100 * Size];
        Array.Fill(labels, DecodedSample.IgnoredLabel);
        Assert.IsFalse(Apply().HasLabelledPixels);

        labels[0] = 0;
        Crop crop = Apply();
        Assert.IsGreaterThan(0, crop.Window.X);
        Assert.IsTrue(crop.HasLabelledPixels);

        Crop Apply() => new RandomCrop(Size).Apply(new DecodedSample(100, Size, new byte[100 * Size * 3], labels), new Random(6));
    }

    [TestMethod]
    [DataRow(15)]
    [DataRow(4097)]
    public void SizeOutOfRangeIsRefused(int size)
    {
        ArgumentOutOfRangeException error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new RandomCrop(size));
        Assert.AreEqual("size", error.ParamName);
        StringAssert.Contains(error.Message, "16 to 4096");
    }

    [TestMethod]
    public void ArraysThatDoNotFitTheSizeAreRefused()
    {
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(() => new DecodedSample(4, 3, new byte[35])).Message, "4 x 3 has 36 RGB bytes, not 35");
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(
                () => new DecodedSample(4, 3, new byte[36], new byte[11])).Message, "11 pixels, its image 4 x 3 = 12");
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new DecodedSample(0, 3, []));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new DecodedSample(4, 0, []));
    }

    /// <summary>An image whose colours and labels tell each pixel's column and row.</summary>
    private static DecodedSample Coordinates(int width, int height)
    {
        byte[] pixels = new byte[width * height * 3];
        byte[] labels = new byte[width * height];
        for (int i = 0; i < labels.Length; i++)
        {
            (int row, int column) = Math.DivRem(i, width);
            pixels[3 * i] = (byte)column;
            pixels[(3 * i) + 1] = (byte)(100 + row);
            pixels[(3 * i) + 2] = (byte)(200 + ((column + row) % 50));
            labels[i] = (byte)((column + (7 * row)) % 250);
        }

        return new DecodedSample(width, height, pixels, labels);
    }
}

using System.Diagnostics;
using Road.Torch.Metrics;

namespace Road.Torch.Tests.Metrics;

[TestClass]
public sealed class BoundaryIntersectionOverUnionTests
{
    private const double Tolerance = 1e-12;

    [TestMethod]
    public void BandsAreThoseCountedByHand()
    {
        // 6 x 5 pixels, a band of 1. Truth: three columns each. Prediction: class 0 has a column more.
        // Truth's bands leave out x = 1 and x = 4 in the rows 1 to 3: 15 - 3 = 12 each.
        // The prediction's leave out x = 1 and x = 2 of class 0: 20 - 6 = 14; and nothing of class 1, all of whose pixels are at the edge
        // or beside class 0: 10.
        // Class 0 in both: 5 of column 0, 2 of column 1, 2 of column 2: 9. Class 1: 2 of column 4, 5 of column 5: 7.
        BoundaryIntersectionOverUnion metric = new(3);
        metric.Add(Columns(5, 0, 0, 0, 1, 1, 1), Columns(5, 0, 0, 0, 0, 1, 1), 6, 5);

        Assert.AreEqual(1, metric.Distance(6, 5));
        Assert.AreEqual(9.0 / (12 + 14 - 9), metric.PerClass[0], Tolerance);
        Assert.AreEqual(7.0 / (12 + 10 - 7), metric.PerClass[1], Tolerance);
        Assert.AreEqual(double.NaN, metric.PerClass[2], "in neither");
        Assert.AreEqual(((9.0 / 17) + (7.0 / 15)) / 2, metric.Mean, Tolerance);
        Assert.AreEqual(7.0 / 15, metric.MeanOf([1, 2]), Tolerance);
        Assert.AreEqual(double.NaN, metric.MeanOf([2]));
    }

    [TestMethod]
    public void IgnoredPixelsLieInNoMaskAndBoundNone()
    {
        // Columns 2 and 3 are not known. Columns 1 and 4 touch nothing else, so they are inside but for the first and the last row: 7 of
        // 10 pixels are band. What is predicted for the ignored columns makes no difference.
        foreach (byte guess in new byte[] { 0, 1, 2 })
        {
            BoundaryIntersectionOverUnion metric = new(3);
            metric.Add(Columns(5, 0, 0, 255, 255, 1, 1), Columns(5, 0, 0, guess, guess, 1, 1), 6, 5);
            Assert.AreEqual(1, metric.PerClass[0]);
            Assert.AreEqual(1, metric.PerClass[1]);
            Assert.AreEqual(double.NaN, metric.PerClass[2]);

            // All of class 1 taken for class 0: of the truth's 7 and the prediction's 7 + 7 pixels of class 0, 7 are in both.
            metric = new(3);
            metric.Add(Columns(5, 0, 0, 255, 255, 1, 1), Columns(5, 0, 0, guess, guess, 0, 0), 6, 5);
            Assert.AreEqual(7.0 / 14, metric.PerClass[0], Tolerance);
            Assert.AreEqual(0, metric.PerClass[1]);
        }
    }

    [TestMethod]
    public void ClassesMeetAcrossAnIgnoredGapThatIsNarrowerThanTheBand()
    {
        // 7 x 7 pixels, 20 % of the diagonal of 9.9: a band of 2. Only x = 2 and x = 4 in the rows 2 to 4 have squares inside the image,
        // and these hold both classes, over the ignored column between them. Class 0 alone, in the prediction, has x = 2 and x = 4 inside:
        // 42 - 6 = 36.
        BoundaryIntersectionOverUnion metric = new(2, width: 0.2);
        metric.Add(Columns(7, 0, 0, 0, 255, 1, 1, 1), Columns(7, 0, 0, 0, 0, 0, 0, 0), 7, 7);

        Assert.AreEqual(2, metric.Distance(7, 7));
        Assert.AreEqual(18.0 / (21 + 36 - 18), metric.PerClass[0], Tolerance);
        Assert.AreEqual(0, metric.PerClass[1]);
    }

    [TestMethod]
    public void SmallImagesAreAllBand()
    {
        BoundaryIntersectionOverUnion metric = new(2);
        metric.Add([0], [0], 1, 1);
        Assert.AreEqual(1, metric.Mean);
        metric.Add([0], [1], 1, 1);
        Assert.AreEqual(0.5, metric.PerClass[0], "1 pixel in both of 2 in either");
        Assert.AreEqual(0, metric.PerClass[1]);
        metric.Add([1, 1, 1, 1], [1, 1, 0, 1], 4, 1);
        Assert.AreEqual(3.0 / 5, metric.PerClass[1], Tolerance);
    }

    [TestMethod]
    public void WithoutLabelledPixelsThereIsNoMean()
    {
        BoundaryIntersectionOverUnion metric = new(2);
        metric.Add([255, 255, 255, 255], [0, 1, 0, 1], 2, 2);
        Assert.AreEqual(double.NaN, metric.Mean);
        CollectionAssert.AreEqual(new[] { double.NaN, double.NaN }, metric.PerClass.ToArray());
    }

    [TestMethod]
    [DataRow(41, 30, 0.06)]
    [DataRow(30, 41, 0.1)]
    [DataRow(97, 7, 0.03)]
    [DataRow(16, 15, 0.3)]
    public void BandsAreThoseOfTheDefinition(int width, int height, double share)
    {
        // Patches, and holes of ignored pixels; of each pixel its whole square is looked at.
        Random random = new(width);
        byte[] truth = Patches(random, width, height);
        byte[] predicted = [.. truth.Select(value => value == 255 || random.Next(5) == 0 ? (byte)random.Next(3) : value)];
        BoundaryIntersectionOverUnion metric = new(3, share);
        metric.Add(truth, predicted, width, height);

        byte[] known = [.. truth.Zip(predicted, static (right, guess) => right == 255 ? right : guess)];
        int distance = metric.Distance(width, height);
        for (int index = 0; index < 3; index++)
        {
            HashSet<int> right = Band(truth, index), guess = Band(known, index);
            Assert.AreEqual(
                (double)right.Intersect(guess).Count() / right.Union(guess).Count(), metric.PerClass[index], Tolerance, $"class {index}");
        }

        HashSet<int> Band(byte[] mask, int index) =>
        [
            .. Enumerable.Range(0, mask.Length).Where(
                place => mask[place] == index && !IsInside(mask, place % width, place / width, index)),
        ];

        bool IsInside(byte[] mask, int x, int y, int index)
        {
            for (int v = y - distance; v <= y + distance; v++)
            {
                for (int u = x - distance; u <= x + distance; u++)
                {
                    if (u < 0 || v < 0 || u >= width || v >= height || (mask[(v * width) + u] != index && mask[(v * width) + u] != 255))
                    {
                        return false;
                    }
                }
            }

            return true;
        }
    }

    [TestMethod]
    public void AFrameOfTwoMegapixelsTakesNoTimeToSpeakOf()
    {
        const int Width = 2048, Height = 1024;
        Random random = new(1);
        byte[] truth = Patches(random, Width, Height);
        byte[] predicted = [.. truth.Select(static value => value == 255 ? (byte)0 : value)];
        BoundaryIntersectionOverUnion metric = new(19);
        metric.Add(truth, predicted, Width, Height);
        Stopwatch watch = Stopwatch.StartNew();
        metric.Add(truth, predicted, Width, Height);

        Assert.AreEqual(46, metric.Distance(Width, Height));
        Assert.AreEqual(1, metric.Mean);
        Console.WriteLine($"{watch.ElapsedMilliseconds} ms");

        // A tenth of this on an idle machine; looking at every square's 8,649 pixels would take a minute.
        Assert.IsLessThan(2, watch.Elapsed.TotalSeconds);
    }

    [TestMethod]
    public void MergedPartsEqualTheWhole()
    {
        byte[] truth = Patches(new Random(3), 20, 10), predicted = [.. truth.Select(static value => (byte)(value == 1 ? 2 : 0))];
        BoundaryIntersectionOverUnion whole = new(3), first = new(3), second = new(3);
        whole.Add(truth, predicted, 20, 10);
        whole.Add(truth, predicted, 10, 20);
        first.Add(truth, predicted, 20, 10);
        second.Add(truth, predicted, 10, 20);
        first.Merge(second);

        CollectionAssert.AreEqual(whole.PerClass.ToArray(), first.PerClass.ToArray());
        Assert.ThrowsExactly<ArgumentException>(() => first.Merge(new BoundaryIntersectionOverUnion(2)));
        Assert.ThrowsExactly<ArgumentException>(() => first.Merge(new BoundaryIntersectionOverUnion(3, 0.03)));
    }

    [TestMethod]
    public void WrongInputIsNamedAndCountsNothing()
    {
        BoundaryIntersectionOverUnion metric = new(3);
        AssertRefused(metric, [0, 1, 2], [0, 1], 3, 1, "3 pixels", "prediction 2", "size is of 3");
        AssertRefused(metric, [0, 1, 2], [0, 1, 2], 2, 1, "size is of 2");
        AssertRefused(metric, [0, 1, 3], [0, 1, 2], 3, 1, "true class 3", "position 2");
        AssertRefused(metric, [0, 255, 2], [0, 255, 2], 3, 1, "predicted class 255", "position 1");
        Assert.AreEqual(double.NaN, metric.Mean);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => metric.Add([], [], 0, 1));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new BoundaryIntersectionOverUnion(256));
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new BoundaryIntersectionOverUnion(2, 0)).Message,
            "width is 0; it must be greater than 0 and at most 0.5");
    }

    [TestMethod]
    public void TwoHundredAndFiftyFiveClassesAreToldApart()
    {
        // The last class is 254, beside the value of ignored pixels.
        BoundaryIntersectionOverUnion metric = new(255);
        metric.Add(Columns(5, 254, 254, 254, 255, 253, 253, 253), Columns(5, 254, 254, 254, 0, 253, 253, 253), 7, 5);
        Assert.AreEqual(1, metric.PerClass[254]);
        Assert.AreEqual(1, metric.PerClass[253]);
        Assert.AreEqual(double.NaN, metric.PerClass[0]);
    }

    private static byte[] Columns(int height, params byte[] row) => [.. Enumerable.Repeat(row, height).SelectMany(static values => values)];

    /// <summary>Rectangles of three classes and of ignored pixels over each other.</summary>
    private static byte[] Patches(Random random, int width, int height)
    {
        byte[] mask = new byte[width * height];
        for (int patch = 0; patch < 12; patch++)
        {
            int left = random.Next(width), top = random.Next(height);
            int right = Math.Min(width, left + random.Next(width / 2)), bottom = Math.Min(height, top + random.Next(height));
            byte value = patch % 4 == 3 ? (byte)255 : (byte)(patch % 3);
            for (int y = top; y < bottom; y++)
            {
                mask.AsSpan((y * width) + left, right - left).Fill(value);
            }
        }

        return mask;
    }

    private static void AssertRefused(
        BoundaryIntersectionOverUnion metric, byte[] truth, byte[] predicted, int width, int height, params string[] parts)
    {
        string message = Assert.ThrowsExactly<ArgumentException>(() => metric.Add(truth, predicted, width, height)).Message;
        foreach (string part in parts)
        {
            StringAssert.Contains(message, part);
        }
    }
}

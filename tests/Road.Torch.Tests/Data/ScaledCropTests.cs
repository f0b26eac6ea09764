using Road.Torch.Adaptation;
using Road.Torch.Data;

namespace Road.Torch.Tests.Data;

/// <summary>Crops of images that are scaled at random before they are cut.</summary>
[TestClass]
public sealed class ScaledCropTests
{
    private const int Size = 21;

    [TestMethod]
    [DataRow(60, 50, 0.5, 2.0)]
    [DataRow(30, 23, 0.3, 1.0)]
    [DataRow(13, 70, 0.2, 3.0)]
    [DataRow(5, 4, 8.0, 10.0)]
    public void EveryLabelIsThatOfThePixelThatTheWindowPointsTo(int width, int height, double minimum, double maximum)
    {
        DecodedSample sample = Noise(width, height);
        RandomCrop augmentation = new(Size, scale: new ScaleRange(minimum, maximum));
        Random random = new(1);
        int padded = 0;
        int shown = 0;
        for (int trial = 0; trial < 100; trial++)
        {
            Crop crop = augmentation.Apply(sample, random);
            CropArea area = crop.Window.Shown(Size);
            for (int i = 0; i < Size * Size; i++)
            {
                (int row, int column) = Math.DivRem(i, Size);
                int? original = Original(crop.Window, column, row);
                Assert.AreEqual(
                    original is { } place
                        ? sample.Labels![place]
                        : DecodedSample.IgnoredLabel, crop.Labels![i], $"label {i} of {crop.Window}");
                Assert.AreEqual(
                    original is not null,
                    column >= area.X && column < area.X + area.Width && row >= area.Y && row < area.Y + area.Height,
                    $"pixel {i} of {crop.Window} in {area}");
                if (original is null)
                {
                    Assert.IsTrue(
                        crop.Pixels.AsSpan(3 * i, 3).SequenceEqual(new byte[] { 127, 127, 127 }), $"padding {i} of {crop.Window}");
                    padded++;
                }
                else
                {
                    shown++;
                }
            }
        }

        Assert.IsGreaterThan(0, shown);
        Assert.AreEqual(minimum * Math.Min(width, height) < Size, padded > 0);
    }

    [TestMethod]
    [DataRow(60, 50, 0.5, 2.0)]
    [DataRow(30, 23, 0.3, 1.0)]
    [DataRow(13, 70, 0.2, 3.0)]
    public void ColoursAreThoseOfTheWholeImageScaledAndThenCut(int width, int height, double minimum, double maximum)
    {
        DecodedSample sample = Noise(width, height);
        RandomCrop augmentation = new(Size, scale: new ScaleRange(minimum, maximum));
        Random random = new(2);
        for (int trial = 0; trial < 20; trial++)
        {
            Crop crop = augmentation.Apply(sample, random);
            double unitX = crop.Window.Width / Size;
            double unitY = crop.Window.Height / Size;
            for (int i = 0; i < Size * Size; i++)
            {
                (int row, int column) = Math.DivRem(i, Size);
                if (Original(crop.Window, column, row) is null)
                {
                    continue;
                }

                (double x, double y) = crop.Window.ToImage((column + 0.5) / Size, (row + 0.5) / Size);
                for (int channel = 0; channel < 3; channel++)
                {
                    double expected = Interpolate(sample, x, y, Math.Max(1, unitX), Math.Max(1, unitY), channel);
                    Assert.AreEqual(expected, crop.Pixels[(3 * i) + channel], 0.51, $"pixel {i}, channel {channel} of {crop.Window}");
                }
            }
        }
    }

    [TestMethod]
    public void WeightsAreThoseWorkedOutByHand()
    {
        FilterTaps larger = FilterTaps.Compute(0, 4, 2, 4);
        Sequence.AreEqual(Enumerable.Range(0, 4).Select(i => 100.0 * Weight(larger, i, 1)), 0, 25, 75, 100);

        FilterTaps smaller = FilterTaps.Compute(0, 2, 4, 2);
        Assert.AreEqual(0.75 / 1.75, Weight(smaller, 0, 0), 1e-6);
        Assert.AreEqual(0.75 / 1.75, Weight(smaller, 0, 1), 1e-6);
        Assert.AreEqual(0.25 / 1.75, Weight(smaller, 0, 2), 1e-6);
        Assert.AreEqual(0.25 / 1.75, Weight(smaller, 1, 1), 1e-6);

        static double Weight(FilterTaps taps, int output, int input)
        {
            int tap = input - taps.Starts[output];
            return tap < 0 || tap >= taps.Counts[output] ? 0 : taps.Weight(output, tap);
        }
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    [DataRow(7)]
    public void ActivationsFallIntoTheRegionsThatAWalkOverTheCropFinds(int map)
    {
        RegionGrid grid = new(3, 4);
        DecodedSample sample = Regions(grid, 72, 54);
        RandomCrop augmentation = new(Size, scale: new ScaleRange(0.25, 4));
        Random random = new(map);
        HashSet<int> met = [];
        for (int trial = 0; trial < 300; trial++)
        {
            Crop crop = augmentation.Apply(sample, random);
            int[] actual = grid.Assign(crop.Window, map, map);
            for (int i = 0; i < actual.Length; i++)
            {
                (double x, double y) = crop.Window.ToImage(((i % map) + 0.5) / map, ((i / map) + 0.5) / map);
                if (IsOnEdge(x, 72 / grid.Columns) || IsOnEdge(y, 54 / grid.Rows))
                {
                    // A centre between two regions: rounding tells which it falls into.
                    continue;
                }

                int label = crop.Labels![(Centre(i / map) * Size) + Centre(i % map)];
                int expected = label == DecodedSample.IgnoredLabel ? RegionGrid.Outside : label;
                Assert.AreEqual(expected, actual[i], $"activation {i} of {map} x {map}, {crop.Window}");
                met.Add(expected);
            }
        }

        // A crop's centre never lies in padding here, since the image is at least half as large as the crop.
        Assert.HasCount(map == 1 ? 12 : 13, met);

        int Centre(int activation) => ((2 * activation) + 1) * Size / (2 * map);

        static bool IsOnEdge(double position, int regionLength) =>
            Math.Abs(position - (Math.Round(position / regionLength) * regionLength)) < 1e-9;
    }

    [TestMethod]
    public void ScalesAreDrawnEvenlyFromTheirRange()
    {
        RandomCrop augmentation = new(Size, scale: new ScaleRange(0.5, 2));
        Random random = new(3);
        DecodedSample sample = Noise(400, 300);

        double[] scales = [.. Enumerable.Range(0, 1000).Select(_ => Size / augmentation.Apply(sample, random).Window.Width).Order()];

        Assert.AreEqual(0.5, scales[0], 0.01);
        Assert.AreEqual(1.25, scales[500], 0.05);
        Assert.AreEqual(2, scales[^1], 0.01);
    }

    [TestMethod]
    public void AFixedScaleOfOneGivesTheUnscaledCrop()
    {
        DecodedSample sample = Noise(60, 50);
        Crop plain = new RandomCrop(Size).Apply(sample, new Random(5));
        Crop scaled = new RandomCrop(Size, scale: new ScaleRange(1, 1)).Apply(sample, new Random(5));
        Assert.AreEqual(plain.Window, scaled.Window);
        CollectionAssert.AreEqual(plain.Pixels, scaled.Pixels);
        CollectionAssert.AreEqual(plain.Labels, scaled.Labels);
    }

    [TestMethod]
    public void HalvingIsAsLikelyAsDoublingOnlyWhereTheLogarithmIsDrawn()
    {
        ScaleRange even = new(0.5, 2);
        ScaleRange logarithmic = even with { IsLogUniform = true };
        Random random = new(1);
        double[] drawn = [.. Enumerable.Range(0, 4000).Select(_ => logarithmic.Draw(random))];
        Assert.IsTrue(drawn.All(static scale => scale is >= 0.5 and <= 2));
        Assert.IsInRange(1900, 2100, drawn.Count(static scale => scale < 1));

        // Evenly drawn, a third of the range lies below 1.
        Assert.IsInRange(1230, 1440, Enumerable.Range(0, 4000).Count(_ => even.Draw(random) < 1));
        Assert.AreEqual("0.5 to 2, log-uniform", logarithmic.ToString());
    }

    [TestMethod]
    [DataRow(0.05, 1.0)]
    [DataRow(1.0, 10.5)]
    [DataRow(2.0, 1.0)]
    [DataRow(double.NaN, 1.0)]
    [DataRow(1.0, double.NaN)]
    public void ARangeThatIsNoneIsRefused(double minimum, double maximum)
    {
        ArgumentOutOfRangeException error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(
            () => new RandomCrop(Size, scale: new ScaleRange(minimum, maximum)));
        Assert.AreEqual("scale", error.ParamName);
        StringAssert.Contains(error.Message, "0.1 to 10");
    }

    /// <summary>The index of the image's pixel under the centre of a crop's pixel; null in padding.</summary>
    private static int? Original(CropWindow window, int column, int row)
    {
        (double x, double y) = window.ToImage((column + 0.5) / Size, (row + 0.5) / Size);

        // The centre of a pixel may lie on an edge of the image's; which side it counts to is the larger one's.
        int left = (int)Math.Floor(x + 1e-9);
        int top = (int)Math.Floor(y + 1e-9);
        return left < 0 || top < 0 || left >= window.ImageWidth || top >= window.ImageHeight ? null : (top * window.ImageWidth) + left;
    }

    private static double Interpolate(DecodedSample sample, double x, double y, double reachX, double reachY, int channel)
    {
        double sum = 0, total = 0;
        for (int i = 0; i < sample.Width * sample.Height; i++)
        {
            double weight = Math.Max(0, 1 - (Math.Abs((i % sample.Width) + 0.5 - x) / reachX))
                * Math.Max(0, 1 - (Math.Abs((i / sample.Width) + 0.5 - y) / reachY));
            sum += weight * sample.Pixels[(3 * i) + channel];
            total += weight;
        }

        return sum / total;
    }

    private static DecodedSample Noise(int width, int height)
    {
        Random random = new(width);
        byte[] pixels = new byte[width * height * 3];
        byte[] labels = new byte[width * height];
        random.NextBytes(pixels);
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = (byte)random.Next(250);
        }

        return new DecodedSample(width, height, pixels, labels);
    }

    /// <summary>An image whose labels are the numbers of its regions.</summary>
    private static DecodedSample Regions(RegionGrid grid, int width, int height)
    {
        byte[] labels = new byte[width * height];
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = (byte)((i / width / (height / grid.Rows) * grid.Columns) + (i % width / (width / grid.Columns)));
        }

        return new DecodedSample(width, height, new byte[3 * labels.Length], labels);
    }
}

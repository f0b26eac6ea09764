using Road.Torch.Data;

namespace Road.Torch.Tests.Data;

/// <summary>Streams of several sources.</summary>
[TestClass]
public sealed class MixedCropsTests
{
    private static readonly RandomCrop Augmentation = new(16);

    [TestMethod]
    public void StreamsAreDrawnByTheirWeights()
    {
        using CropStream mixed = Mix(seed: 1, workers: 1, (5, 3.0), (50, 1.0));
        int[] drawn = [.. Take(mixed, 4000).Select(Number)];

        // Four standard deviations of a share of three quarters.
        Assert.AreEqual(0.75, drawn.Average(static number => number < 100 ? 1.0 : 0), 4 * Math.Sqrt(0.75 * 0.25 / drawn.Length));

        // Each stream goes through all of its images, in its own order, whatever comes in between.
        CollectionAssert.AreEquivalent(
            Enumerable.Range(100, 50).ToArray(), drawn.Where(static number => number >= 100).Take(50).ToArray());
        CollectionAssert.AreEquivalent(Enumerable.Range(0, 5).ToArray(), drawn.Where(static number => number < 100).Take(5).ToArray());
        using CropStream alone = Stream(5, 0, workers: 1);
        CollectionAssert.AreEqual(
            Take(alone, 500).Select(Number).ToArray(), drawn.Where(static number => number < 100).Take(500).ToArray());
    }

    [TestMethod]
    public void TheSequenceHangsOnTheSeedAloneAndNotOnWorkers()
    {
        int[][] sequences = [.. new[] { (1, 1), (1, 3), (2, 1) }.Select(static pair =>
        {
            using CropStream mixed = Mix(pair.Item1, pair.Item2, (5, 1.0), (7, 1.0), (9, 2.0));
            return Take(mixed, 200).Select(Number).ToArray();
        })];
        CollectionAssert.AreEqual(sequences[0], sequences[1]);
        CollectionAssert.AreNotEqual(sequences[0], sequences[2]);
    }

    [TestMethod]
    public void WhatComesAfterPassingOverIsWhatWouldHaveCome()
    {
        using CropStream whole = Mix(seed: 1, workers: 2, (5, 3.0), (50, 1.0));
        (int, CropWindow)[] expected = [.. Take(whole, 200).Select(static crop => (Number(crop), crop.Window))];
        using CropStream mixed = Mix(seed: 1, workers: 1, (5, 3.0), (50, 1.0));
        Take(mixed, 20);
        mixed.Skip(100);
        CollectionAssert.AreEqual(expected[120..], Take(mixed, 80).Select(static crop => (Number(crop), crop.Window)).ToArray());
    }

    [TestMethod]
    public void APassIsOverWhenAllStreamsAreThrough()
    {
        using CropStream mixed = Mix(seed: 1, workers: 1, (2, 1.0), (40, 1.0));
        Crop[] crops = Take(mixed, 300);
        int first = Array.FindIndex(crops, static crop => crop.Pass == 1);
        Assert.AreEqual(40, crops[..first].Count(static crop => Number(crop) >= 100));
    }

    [TestMethod]
    public void ImagesMayDifferInSizeAndSkippedOnesAreCountedTogether()
    {
        DecodedSample small = new(20, 16, new byte[20 * 16 * 3], new byte[20 * 16]);
        DecodedSample large = new(200, 160, new byte[200 * 160 * 3], new byte[200 * 160]);
        CropStreamOptions skip = new() { BadSamples = BadSamplePolicy.Skip };
        using CropStream mixed = CropStream.Mix(
            [
                new WeightedCropStream(Open(new ListedSource([small, small]) { Decoding = Throw }), 1),
                new WeightedCropStream(Open(new ListedSource([large, large]) { Decoding = Throw }), 1),
            ],
            "source",
            3);
        int[] widths = [.. Take(mixed, 100).Select(static crop => crop.Window.ImageWidth)];
        CollectionAssert.AreEquivalent(new[] { 20, 200 }, widths.Distinct().ToArray());
        Assert.AreEqual("2 samples could not be read: bad bad", mixed.Skipped.ToString());
        Assert.IsTrue(mixed.HasLabelledPixels);

        CropStream Open(ISampleSource source) => new(source, new CropAugmentation(Augmentation), "source", 1, skip);

        static void Throw(int number)
        {
            if (number == 1)
            {
                throw new InvalidDataException("bad");
            }
        }
    }

    [TestMethod]
    public void ASourceWithoutLabelsThatCountIsNamed()
    {
        byte[] ignored = new byte[20 * 16];
        Array.Fill(ignored, DecodedSample.IgnoredLabel);
        DecodedSample good = new(20, 16, new byte[20 * 16 * 3], new byte[20 * 16]);
        DecodedSample bad = new(20, 16, new byte[20 * 16 * 3], ignored);
        using CropStream mixed = CropStream.Mix(
            [
                new WeightedCropStream(new CropStream(new ListedSource([good]), Augmentation, "source 1", 1, 1), 1),
                new WeightedCropStream(new CropStream(new ListedSource([bad, bad]), Augmentation, "source 2", 1, 1), 1),
            ],
            "source",
            3);
        StringAssert.Contains(
            Assert.ThrowsExactly<InvalidOperationException>(() => Take(mixed, 100)).Message,
            "No pixel of the labels of source 2 of 2 belongs to a class");
    }

    [TestMethod]
    public void DisposingEndsAllAndWrongWeightsAreRefused()
    {
        NumberedSource source = new(4);
        CropStream stream = new(source, Augmentation, "source", 1, 1);
        Assert.ThrowsExactly<ArgumentException>(() => CropStream.Mix([], "source", 1));
        Assert.ThrowsExactly<ArgumentException>(
            () => CropStream.Mix([new WeightedCropStream(stream, 1), new WeightedCropStream(stream, 2)], "source", 1));
        foreach (double weight in new[] { 0, -1, double.NaN, 1e7 })
        {
            StringAssert.Contains(
                Assert.ThrowsExactly<ArgumentOutOfRangeException>(
                    () => CropStream.Mix([new WeightedCropStream(stream, weight)], "source", 1)).Message,
                "greater than 0 and at most 1000000");
        }

        CropStream mixed = CropStream.Mix([new WeightedCropStream(stream, 1)], "source", 1);
        mixed.Next();
        mixed.Dispose();
        Assert.AreEqual(0, source.OpenCursors);
        Assert.ThrowsExactly<ObjectDisposedException>(() => mixed.Next());
    }

    /// <summary>Streams of so many images each, the first numbered from 0, the second from 100.</summary>
    private static CropStream Mix(int seed, int workers, params (int Count, double Weight)[] sources) => CropStream.Mix(
        [.. sources.Select((source, index) => new WeightedCropStream(Stream(source.Count, 100 * index, workers), source.Weight))],
        "source",
        seed);

    private static CropStream Stream(int count, int first, int workers) => new(
        new ListedSource([.. Enumerable.Range(first, count).Select(Sample)]), Augmentation, "source", 7, workers);

    private static DecodedSample Sample(int number)
    {
        byte[] pixels = new byte[20 * 16 * 3];
        Array.Fill(pixels, (byte)(number % 100));
        byte[] labels = new byte[20 * 16];
        Array.Fill(labels, (byte)(number / 100));
        return new DecodedSample(20, 16, pixels, labels);
    }

    private static int Number(Crop crop) => crop.Pixels[0] + (100 * crop.Labels![0]);

    private static Crop[] Take(CropStream stream, int count) => [.. Enumerable.Range(0, count).Select(_ => stream.Next())];
}

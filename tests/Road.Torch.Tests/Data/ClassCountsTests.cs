using Road.Torch.Data;

namespace Road.Torch.Tests.Data;

/// <summary>The count of a domain's labels, by class and image.</summary>
[TestClass]
public sealed class ClassCountsTests
{
    private const byte Ignored = DecodedSample.IgnoredLabel;

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(7)]
    public void PixelsAndImagesAreCountedByClassWhateverTheWorkers(int workers)
    {
        // Class 7 is none of four, and masks may have any size.
        MaskSource source = new([0, 0, 1, Ignored], [1], [Ignored, Ignored], [3, 3, 3, 1, 0, 7]);

        ClassCounts counts = ClassCounts.Take(source, 4, workers: workers);

        Sequence.AreEqual(counts.Pixels, 3L, 3, 0, 3);
        Sequence.AreEqual(counts.Images, 2L, 3, 0, 1);
        Assert.AreEqual((4L, 9L, 1.0 / 3, 0.0), (counts.ImageCount, counts.LabelledPixels, counts.Share(1), counts.Share(2)));
        Assert.AreEqual(4, source.Read);
    }

    [TestMethod]
    public void ACensusKeepsTheCountsOfEveryImage()
    {
        LabelCensus census = LabelCensus.Take(
            new MaskSource([0, 1, 1], [2, Ignored]), 3, BadSamplePolicy.Stop, 2, CancellationToken.None);
        Sequence.AreEqual(census.Images[0], 1L, 2, 0);
        Sequence.AreEqual(census.Images[1], 0L, 0, 1);
        Sequence.AreEqual(census.Pixels, 1L, 2, 1);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    [DataRow(8)]
    public void TheFirstBadSampleEndsTheCountWhateverTheWorkers(int workers)
    {
        MaskSource source = new([.. Enumerable.Range(0, 40).Select(static _ => new byte[] { 0 })])
        {
            Reading = static index => ThrowIf(index is 5 or 6 or 7 or 30, index),
        };
        Assert.AreEqual(
            "mask 5", Assert.ThrowsExactly<InvalidDataException>(() => ClassCounts.Take(source, 2, workers: workers)).Message);
    }

    [TestMethod]
    public void BadSamplesAreLeftOutWhereTheyMayBe()
    {
        MaskSource source = new([0], [0], [1])
        {
            Reading = static index => ThrowIf(index == 1, index),
        };
        ClassCounts counts = ClassCounts.Take(source, 2, BadSamplePolicy.Skip, workers: 2);
        Sequence.AreEqual(counts.Pixels, 1L, 1);
        Assert.AreEqual(2, counts.ImageCount);
    }

    [TestMethod]
    public void ADomainWithoutLabelsIsRefused() => StringAssert.Contains(
        Assert.ThrowsExactly<InvalidDataException>(() => ClassCounts.Take(new MaskSource([0], null), 2)).Message, "has no labels");

    [TestMethod]
    public void ACancelledCountEndsAtOnce()
    {
        using CancellationTokenSource cancellation = new();
        MaskSource source = new([.. Enumerable.Range(0, 40).Select(static _ => new byte[] { 0 })])
        {
            Reading = index =>
            {
                if (index == 3)
                {
                    cancellation.Cancel();
                }
            },
        };
        Assert.ThrowsExactly<OperationCanceledException>(
            () => ClassCounts.Take(source, 2, BadSamplePolicy.Skip, 1, cancellation.Token));
        Assert.AreEqual(4, source.Read);
    }

    [TestMethod]
    public void CountsThatDoNotFitAreRefused()
    {
        Assert.ThrowsExactly<ArgumentException>(static () => new ClassCounts([], [], 0));
        Assert.ThrowsExactly<ArgumentException>(static () => new ClassCounts([1, 2], [1], 1));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(static () => new ClassCounts([1], [-1], 1));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(static () => new ClassCounts([1], [1], 1).Share(1));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(static () => ClassCounts.Take(new MaskSource(), 0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(static () => ClassCounts.Take(new MaskSource(), 2, workers: 65));
    }

    private static void ThrowIf(bool isBad, int index)
    {
        if (isBad)
        {
            throw new InvalidDataException($"mask {index}");
        }
    }
}

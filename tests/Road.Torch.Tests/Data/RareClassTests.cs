using Road.Torch.Data;

namespace Road.Torch.Tests.Data;

/// <summary>Rare class sampling: what is drawn how often, and what comes of it.</summary>
[TestClass]
public sealed class RareClassTests
{
    private const int Side = 32;
    private static readonly CropAugmentation Augmentation = new(new RandomCrop(16));

    [TestMethod]
    public void ClassesAreDrawnByTheSoftmaxOfTheirRarity()
    {
        // Shares of a half and two quarters. At a temperature of 0.25 / ln 2, a quarter more of rarity doubles what is drawn: 1 : 2 : 2.
        DecodedSample[] samples = [Sample(0, (1, 256), (255, 512)), Sample(1, (2, 256), (255, 512))];
        RareClassDraws draws = new(Census(samples), new RareClassOptions { Temperature = 0.25 / Math.Log(2) }, seed: 5);

        Sequence.AreEqual(draws.Classes, (byte)0, (byte)1, (byte)2);
        Assert.AreEqual(0.2, draws.Probabilities[0], 1e-12);
        Assert.AreEqual(0.4, draws.Probabilities[1], 1e-12);
        Assert.AreEqual(0.4, draws.Probabilities[2], 1e-12);

        RareClassDraw[] drawn = [.. Enumerable.Range(0, 1000).SelectMany(block => draws.Draw(block))];
        foreach ((byte label, double share) in new[] { ((byte)0, 0.2), ((byte)1, 0.4), ((byte)2, 0.4) })
        {
            // Four standard deviations.
            Assert.AreEqual(share, Share(drawn, draw => draw.Class == label), 4 * Math.Sqrt(share * (1 - share) / drawn.Length));
        }

        // Both images have the first class, one each of the others.
        Assert.AreEqual(0.5, Share(drawn.Where(static draw => draw.Class == 0), static draw => draw.Image == ListedSource.Id(0)), 0.03);
        Assert.IsTrue(drawn.All(static draw => draw.Class != 1 || draw.Image == ListedSource.Id(0)));
        Assert.IsTrue(drawn.All(static draw => draw.Class != 2 || draw.Image == ListedSource.Id(1)));
    }

    [TestMethod]
    public void OnlyImagesWithEnoughOfAClassAreDrawnForIt()
    {
        // Of 1,024 pixels a hundredth is 10.24: images 0 and 1 have enough of class 1. Of class 2 none has, so any will do.
        DecodedSample[] samples =
            [Sample(0, (1, 11)), Sample(1, (1, 500)), Sample(2, (1, 10)), Sample(3, (2, 1)), Sample(4, (2, 2)), Sample(5)];
        RareClassDraws draws = new(
            Census(samples), new RareClassOptions { LeastImageShare = 0.01, Temperature = 1000 }, seed: 5);

        RareClassDraw[] drawn = [.. Enumerable.Range(0, 100).SelectMany(block => draws.Draw(block))];

        Assert.AreEqual("0 1", Images(1));
        Assert.AreEqual("3 4", Images(2));
        Assert.AreEqual("0 1 2 3 4 5", Images(0));

        string Images(byte label) => string.Join(' ', drawn.Where(draw => draw.Class == label).Select(
            static draw => 1000 - (int)(draw.Image >> 70)).Distinct().Order());
    }

    [TestMethod]
    public void CropsAreThoseOfTheDrawsInTheirOrder()
    {
        DecodedSample[] samples = Samples(20);
        RareClassDraws draws = new(Census(samples), Rarely(), seed: 4);
        using CropStream stream = Open(new ListedSource(samples), workers: 2);

        int[] expected = [.. Enumerable.Range(0, 3).SelectMany(block => draws.Draw(block)).Select(
            static draw => 1000 - (int)(draw.Image >> 70))];

        CollectionAssert.AreEqual(expected, Take(stream, 96).Select(static crop => (int)crop.Pixels[0]).ToArray());
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void TheSequenceIsTheSameWhateverTheNumberOfWorkers(bool shuffled)
    {
        string[][] sequences = [.. new[] { 1, 2, 3, 5, 40 }.Select(workers =>
        {
            using CropStream stream = Open(new ListedSource(Samples(20), shuffled), workers);
            return Take(stream, 100).Select(Text).ToArray();
        })];
        foreach (string[] sequence in sequences)
        {
            CollectionAssert.AreEqual(sequences[0], sequence);
        }

        Assert.IsGreaterThan(80, sequences[0].Distinct().Count());
    }

    [TestMethod]
    [DataRow(BadSamplePolicy.Stop, 0, 25)]
    [DataRow(BadSamplePolicy.Stop, 3, 29)]
    [DataRow(BadSamplePolicy.Stop, 3, 30)]
    [DataRow(BadSamplePolicy.Stop, 40, 100)]
    [DataRow(BadSamplePolicy.Skip, 7, 50)]
    public void WhatComesAfterPassingOverIsWhatWouldHaveCome(BadSamplePolicy badSamples, int taken, int skipped)
    {
        using CropStream whole = Open(new ListedSource(Samples(20)), 2, badSamples);
        string[] expected = [.. Take(whole, taken + skipped + 50).Select(Text)];
        foreach (int workers in new[] { 1, 3 })
        {
            using CropStream stream = Open(new ListedSource(Samples(20)), workers, badSamples);
            Take(stream, taken);
            stream.Skip(skipped);
            CollectionAssert.AreEqual(expected[(taken + skipped)..], Take(stream, 50).Select(Text).ToArray());
        }
    }

    [TestMethod]
    public void PassingOverBlocksDecodesNothingOfThem()
    {
        ListedSource source = new(Samples(20));
        using CropStream stream = Open(source, 2);

        stream.Skip(320_000);
        Crop crop = stream.Next();

        Assert.AreEqual(16_000, crop.Pass);
        Assert.IsLessThanOrEqualTo(4 * 20, source.Decoded.Count);
    }

    [TestMethod]
    public void CropsShowTheClassThatTheyAreDrawnFor()
    {
        // Class 1 has a square of 8 x 8 in a corner: every crop of 16 that shows a quarter of a crop of it shows all of it.
        byte[] labels = new byte[Side * Side];
        for (int i = 0; i < 64; i++)
        {
            labels[(i / 8 * Side) + (i % 8)] = 1;
        }

        DecodedSample sample = new(Side, Side, new byte[Side * Side * 3], labels);
        RareClassOptions options = new() { LeastCropShare = 0.25, Tries = 100 };
        int[] counts = [.. Enumerable.Range(0, 200).Select(i => Count(options, i))];

        // One place in 17 x 17 shows all: a hundred tries reach it in three crops of ten. 33 places show a quarter of it.
        Assert.IsTrue(counts.All(static count => count >= 16), string.Join(' ', counts));
        Assert.IsGreaterThan(30, counts.Count(static count => count == 64));

        // The first place is often one that shows nothing; with a little to be shown, no place is tried once there is enough.
        Assert.Contains(0, Enumerable.Range(0, 200).Select(i => Count(new RareClassOptions { Tries = 1 }, i)));
        Assert.IsTrue(Enumerable.Range(0, 200).All(
            i => Count(new RareClassOptions { Tries = 1 }, i) == Count(new RareClassOptions { LeastCropShare = 0, Tries = 50 }, i)));

        int Count(RareClassOptions chosen, int seed) =>
            Augmentation.Apply(sample, new Random(seed), 0, 1, chosen).Labels!.Count(static label => label == 1);
    }

    [TestMethod]
    [DataRow(0.5, 2.0, 40, 24)]
    [DataRow(1.0, 1.0, 40, 24)]
    [DataRow(1.0, 1.0, 10, 60)]
    public void APlacesCountIsThatOfItsCrop(double least, double largest, int width, int height)
    {
        Random random = new(3);
        byte[] labels = [.. Enumerable.Range(0, width * height).Select(_ => (byte)random.Next(3))];
        DecodedSample sample = new(width, height, new byte[width * height * 3], labels);
        RandomCrop crop = new(16, mirror: true, new ScaleRange(least, largest));
        for (int i = 0; i < 50; i++)
        {
            CropPlacement placement = crop.Place(sample, random);
            Assert.AreEqual(
                crop.Cut(sample, placement, 0).Labels!.Count(static label => label == 1), crop.Count(sample, placement, 1));
        }
    }

    [TestMethod]
    public void RareClassesAreSeenMoreOften()
    {
        DecodedSample[] samples = Samples(20);
        using CropStream plain = new(new ListedSource(samples), Augmentation, "source", 4, new CropStreamOptions());
        using CropStream drawn = Open(new ListedSource(samples), 1);

        double before = Share(Take(plain, 400), static crop => crop.Labels!.Contains((byte)2));
        double after = Share(Take(drawn, 400), static crop => crop.Labels!.Contains((byte)2));

        // One image in twenty has class 2, which is drawn for nearly half of the crops.
        Assert.IsLessThan(0.06, before);
        Assert.IsGreaterThan(0.3, after);
    }

    [TestMethod]
    public void BadSamplesAreLeftOutAndNamedOrEndTheStream()
    {
        DecodedSample[] samples = Samples(20);
        ListedSource source = new(samples)
        {
            Decoding = static number => ThrowAt(number, 19),
            DecodingLabels = static number => ThrowAt(number, 7),
        };
        using (CropStream stream = Open(source, 2, BadSamplePolicy.Skip))
        {
            Crop[] crops = Take(stream, 200);
            Assert.IsTrue(crops.All(static crop => crop.Pixels[0] is not (7 or 19)));
            Assert.AreEqual("2 samples could not be read: sample 7 sample 19", stream.Skipped.ToString());
        }

        using (CropStream stream = Open(source, 2))
        {
            Assert.AreEqual("sample 7", Assert.ThrowsExactly<InvalidDataException>(() => stream.Next()).Message);
        }

        using (CropStream stream = Open(new ListedSource(samples) { Decoding = static number => ThrowAt(number, 19) }, 2))
        {
            Assert.AreEqual("sample 19", Assert.ThrowsExactly<InvalidDataException>(() => Take(stream, 100)).Message);
            Assert.ThrowsExactly<InvalidDataException>(() => stream.Next());
        }

        using (CropStream stream = Open(
            new ListedSource(samples) { Decoding = static number => ThrowAt(number, number) }, 2, BadSamplePolicy.Skip))
        {
            StringAssert.Contains(
                Assert.ThrowsExactly<InvalidDataException>(() => stream.Next()).Message, "No sample of the source data can be read.");
        }
    }

    [TestMethod]
    public void ADomainWithoutLabelsOrWithoutClassesIsRefused()
    {
        using CropStream unlabelled = Open(new NumberedSource(4), 1);
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => unlabelled.Next()).Message, "has no labels");
        using CropStream ignored = Open(new ListedSource([Sample(0, (255, Side * Side))]), 1);
        StringAssert.Contains(
            Assert.ThrowsExactly<InvalidOperationException>(() => ignored.Next()).Message,
            "No pixel of the source labels belongs to a class");
    }

    [TestMethod]
    public void TheCountOfTheLabelsCanBeCancelled()
    {
        using CancellationTokenSource cancellation = new();
        ListedSource source = new(Samples(20)) { DecodingLabels = _ => cancellation.Cancel() };
        using CropStream stream = new(source, Augmentation, "source", 4, Options(2, BadSamplePolicy.Stop), cancellation.Token);
        Assert.Throws<OperationCanceledException>(() => stream.Next());
    }

    [TestMethod]
    public void SeveralCropsOfAnImageAreRefused()
    {
        CropStreamOptions options = Options(1, BadSamplePolicy.Stop);
        options.CropsPerImage = 2;
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(
                () => new CropStream(new ListedSource(Samples(2)), Augmentation, "source", 4, options).Dispose()).Message,
            "RareClasses draws every crop by itself, but CropsPerImage is 2");
    }

    [TestMethod]
    public void ValuesOutOfRangeAreRefused()
    {
        RareClassOptions options = new();
        StringAssert.Contains(Refused(() => options.Temperature = 0), "Temperature is 0; it must be greater than 0 and at most 1000.");
        StringAssert.Contains(Refused(() => options.LeastImageShare = 1.1), "LeastImageShare is 1.1; it must be 0 to 1.");
        StringAssert.Contains(Refused(() => options.LeastCropShare = -0.1), "LeastCropShare is -0.1; it must be 0 to 1.");
        StringAssert.Contains(Refused(() => options.Tries = 0), "Tries is 0; it must be 1 to 100.");
        Assert.AreEqual(0.01, options.Temperature);
        Assert.AreEqual(1500, options.LeastCropShare * 512 * 512, 1e-9);

        static string Refused(Action set) => Assert.ThrowsExactly<ArgumentOutOfRangeException>(set).Message;
    }

    /// <summary>All pixels of class 0, but for the first few: so many of each label that is given.</summary>
    private static DecodedSample Sample(int number, params (byte Label, int Count)[] counts)
    {
        byte[] labels = new byte[Side * Side];
        int next = 0;
        foreach ((byte label, int count) in counts)
        {
            labels.AsSpan(next, count).Fill(label);
            next += count;
        }

        byte[] pixels = new byte[Side * Side * 3];
        Array.Fill(pixels, (byte)number);
        return new DecodedSample(Side, Side, pixels, labels);
    }

    /// <summary>Images of class 0 with something of class 1, and one that has class 2.</summary>
    private static DecodedSample[] Samples(int count) =>
        [.. Enumerable.Range(0, count).Select(number => number == 3 ? Sample(number, (2, 200)) : Sample(number, (1, 8 * number)))];

    /// <summary>At this temperature the classes of <see cref="Samples"/> are drawn for 8, 43 and 49 of a hundred crops.</summary>
    private static RareClassOptions Rarely() => new() { Temperature = 0.5 };

    private static LabelCensus Census(DecodedSample[] samples) =>
        LabelCensus.Take(new ListedSource(samples), 256, BadSamplePolicy.Stop, 3, CancellationToken.None);

    private static CropStreamOptions Options(int workers, BadSamplePolicy badSamples) =>
        new() { Workers = workers, BadSamples = badSamples, RareClasses = Rarely() };

    private static CropStream Open(ISampleSource source, int workers, BadSamplePolicy badSamples = BadSamplePolicy.Stop) =>
        new(source, Augmentation, "source", 4, Options(workers, badSamples));

    private static Crop[] Take(CropStream stream, int count) => [.. Enumerable.Range(0, count).Select(_ => stream.Next())];

    private static string Text(Crop crop) => $"{crop.Window} {crop.Pass} {crop.Pixels[0]} {Convert.ToBase64String(crop.Labels!)}";

    private static double Share<T>(IEnumerable<T> all, Func<T, bool> isCounted) => all.Average(item => isCounted(item) ? 1.0 : 0);

    private static void ThrowAt(int number, int bad)
    {
        if (number == bad)
        {
            throw new InvalidDataException($"sample {number}");
        }
    }
}

using Road.Torch.Data;
using Road.Torch.Tests.Training;
using Road.Torch.Training;

namespace Road.Torch.Tests.Data;

/// <summary>Streams of several crops an image, of skipped samples, and of everything at once.</summary>
[TestClass]
public sealed class CropStreamOptionTests
{
    private static readonly CropAugmentation Augmentation = new(new RandomCrop(16));

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void WithEveryOptionTheBatchesAreTheSameByteForByteWhateverTheWorkersAndTheCache(bool shuffled)
    {
        byte[][] expected = Run(workers: 1, cacheBytes: 0);
        Assert.IsGreaterThan(50, expected.Select(Convert.ToBase64String).Distinct().Count());
        foreach ((int workers, long cacheBytes) in new[] { (4, 0L), (1, 1L << 30), (4, 1L << 30), (4, 3 * 40 * 36 * 4L) })
        {
            byte[][] actual = Run(workers, cacheBytes);
            for (int i = 0; i < expected.Length; i++)
            {
                Assert.IsTrue(expected[i].AsSpan().SequenceEqual(actual[i]), $"batch {i}, {workers} workers, {cacheBytes} bytes kept");
            }
        }

        byte[][] Run(int workers, long cacheBytes)
        {
            RoadTrainingOptions options = new()
            {
                CropSize = 32,
                CropScale = new ScaleRange(0.5, 2),
                BrightnessJitter = 0.3,
                ContrastJitter = 0.3,
                SaturationJitter = 0.3,
                BlurSigma = 1.5,
                CropsPerImage = 3,
                BadSamples = BadSamplePolicy.Skip,
                LoaderWorkers = workers,
            };
            SampleCache cache = new(cacheBytes);
            using CropStream source = Open(new FaultySource(new StripedSource(9, labelled: true, shuffled, 40, 36), 2, 5), "source");
            using CropStream target = Open(new FaultySource(new StripedSource(7, labelled: false, shuffled, 40, 36), 0), "target");
            byte[][] batches = [.. Enumerable.Range(0, 60).Select(_ =>
            {
                TrainingBatch batch = new(Take(source, 3), Take(target, 3));
                return (byte[])[
                    .. batch.Pixels, .. batch.Labels, .. batch.Windows.SelectMany(
                        window => BitConverter.GetBytes(window.X + (window.Y * 7) + window.Width))];
            })];
            Assert.AreEqual(2, source.Skipped.Count);
            Assert.AreEqual(1, target.Skipped.Count);
            return batches;

            CropStream Open(ISampleSource samples, string domain) =>
                new(new CachedSampleSource(samples, cache), options.Crops.ForSource(), domain, 4, options.Loading);
        }
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    public void SeveralCropsOfAnImageCostOneDecoding(int workers)
    {
        NumberedSource source = new(40);
        using CropStream stream = new(source, Augmentation, "source", 1, new CropStreamOptions { Workers = workers, CropsPerImage = 4 });

        int[] numbers = [.. Take(stream, 400).Select(crop => (int)crop.Pixels[0])];

        // 400 crops and the pool of 64 are 116 images; each worker has two waiting and one in hand.
        Assert.IsLessThanOrEqualTo(116 + (3 * workers), source.Decoded);
        Assert.IsTrue(numbers.CountBy(number => number).All(pair => pair.Value is > 2 and < 20));
        Assert.IsGreaterThan(
            70, numbers.Chunk(5).Count(batch => batch.Distinct().Count() >= 4), "few crops of a batch come from one image");
    }

    [TestMethod]
    public void CropsOfAnImageDiffer()
    {
        using CropStream stream = new(
            new StripedSource(
                1, labelled: true, shuffled: true, 60, 50), Augmentation, "source", 1, new CropStreamOptions { CropsPerImage = 4 });
        Assert.IsGreaterThan(30, Take(stream, 40).Select(crop => crop.Window).Distinct().Count());
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(4)]
    public void BadSamplesAreLeftOutCountedOnceAndNamedInTheStreamsOrder(int workers)
    {
        Exception[] faults =
        [
            new InvalidDataException("damaged."), new IOException("unreadable."), new FileNotFoundException("missing."),
            new UnauthorizedAccessException("forbidden."), new EndOfStreamException("cut off."),
        ];
        NumberedSource source = new(20) { Decoding = number => ThrowAt(number, faults) };
        int[] order;
        using (CropStream sound = new(new NumberedSource(20), new RandomCrop(16), "source", 1, 1))
        {
            order = [.. Take(sound, 60).Select(crop => (int)crop.Pixels[0])];
        }

        using CropStream stream = new(
            source, Augmentation, "source", 1, new CropStreamOptions { Workers = workers, BadSamples = BadSamplePolicy.Skip });
        int[] numbers = [.. Take(stream, 45).Select(crop => (int)crop.Pixels[0])];

        CollectionAssert.AreEqual(order.Where(number => number >= 5).ToArray(), numbers);
        Assert.AreEqual(5, stream.Skipped.Count);
        CollectionAssert.AreEqual(
            order.Where(number => number < 5).Take(3).Select(
                number => faults[number].Message).ToArray(), stream.Skipped.FirstMessages.ToArray());
        StringAssert.StartsWith(stream.Skipped.ToString(), "5 samples could not be read: ");
        StringAssert.EndsWith(stream.Skipped.ToString(), " ...");
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    public void APassOfNothingButBadSamplesIsAnErrorAndNoEndlessLoop(int workers)
    {
        NumberedSource source = new(7) { Decoding = number => throw new InvalidDataException($"Sample {number} is damaged.") };
        using CropStream stream = new(
            source, Augmentation, "target", 1, new CropStreamOptions { Workers = workers, BadSamples = BadSamplePolicy.Skip });

        for (int i = 0; i < 2; i++)
        {
            InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(
                () => Task.Run(stream.Next).WaitAsync(Patience.Limit).GetAwaiter().GetResult());
            StringAssert.StartsWith(error.Message, "No sample of the target data can be read. 7 samples could not be read: Sample ");
        }
    }

    [TestMethod]
    public void DataThatIsLostLaterIsAnErrorToo()
    {
        bool isLost = false;
        NumberedSource source = new(7) { Decoding = _ => Fail(Volatile.Read(ref isLost)) };
        using CropStream stream = new(source, Augmentation, "source", 1, new CropStreamOptions { BadSamples = BadSamplePolicy.Skip });
        Take(stream, 20);
        Volatile.Write(ref isLost, true);
        Assert.ThrowsExactly<InvalidDataException>(
            () => Task.Run(() => Take(stream, 1000)).WaitAsync(Patience.Limit).GetAwaiter().GetResult());

        static void Fail(bool fails)
        {
            if (fails)
            {
                throw new IOException("The disk is gone.");
            }
        }
    }

    [TestMethod]
    public void AFaultThatIsNotTheSamplesStopsEvenWhereBadSamplesAreSkipped()
    {
        NumberedSource source = new(7) { Decoding = _ => throw new NotSupportedException("no such format") };
        using CropStream stream = new(source, Augmentation, "source", 1, new CropStreamOptions { BadSamples = BadSamplePolicy.Skip });
        Assert.AreEqual("no such format", Assert.ThrowsExactly<NotSupportedException>(() => stream.Next()).Message);
        Assert.AreEqual(0, stream.Skipped.Count);
    }

    [TestMethod]
    public void OptionsAreChecked()
    {
        CropStreamOptions options = new();
        Assert.AreEqual((1, 1, BadSamplePolicy.Stop), (options.Workers, options.CropsPerImage, options.BadSamples));
        Assert.AreEqual("Workers", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => options.Workers = 65).ParamName);
        Assert.AreEqual("CropsPerImage", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => options.CropsPerImage = 17).ParamName);
        Assert.AreEqual(
            "BadSamples", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => options.BadSamples = (BadSamplePolicy)7).ParamName);
    }

    private static Crop[] Take(CropStream stream, int count) => [.. Enumerable.Range(0, count).Select(_ => stream.Next())];

    private static void ThrowAt(int number, Exception[] faults)
    {
        if (number < faults.Length)
        {
            throw faults[number];
        }
    }

    /// <summary>A source some of whose samples cannot be read.</summary>
    private sealed class FaultySource(ISampleSource source, params int[] faulty) : ISampleSource
    {
        public bool IsShuffled => source.IsShuffled;

        public ISampleCursor Open(int seed) => new Cursor(source.Open(seed), faulty);

        private sealed class Cursor(ISampleCursor inner, int[] faulty) : ISampleCursor
        {
            public UInt128 Id => inner.Id;

            public bool MoveNext() => inner.MoveNext();

            public DecodedSample Decode() =>
                faulty.Contains((int)inner.Id) ? throw new InvalidDataException($"Sample {inner.Id} is damaged.") : inner.Decode();

            public void Dispose() => inner.Dispose();
        }
    }
}

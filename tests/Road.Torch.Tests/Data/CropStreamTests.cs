using Road.Torch.Data;
using Road.Torch.Tests.Training;

namespace Road.Torch.Tests.Data;

[TestClass]
public sealed class CropStreamTests
{
    private const int QueuedPerWorker = 8;
    private static readonly RandomCrop Augmentation = new(16);

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void TheSequenceIsTheSameWhateverTheNumberOfWorkers(bool shuffled)
    {
        (CropWindow, long, string)[][] sequences = [.. new[] { 1, 2, 3, 5 }.Select(workers =>
        {
            using CropStream stream = new(new StripedSource(7, labelled: true, shuffled, 24, 20), Augmentation, "source", 4, workers);
            return Take(stream, 40).Select(
                crop => (crop.Window, crop.Pass, Convert.ToBase64String([.. crop.Pixels, .. crop.Labels!]))).ToArray();
        })];

        Assert.IsGreaterThan(20, sequences[0].Distinct().Count());
        foreach ((CropWindow, long, string)[] sequence in sequences)
        {
            CollectionAssert.AreEqual(sequences[0], sequence);
        }
    }

    [TestMethod]
    public void AnotherSeedGivesAnotherSequence()
    {
        int[][] sequences = [.. new[] { 4, 5 }.Select(seed =>
        {
            using CropStream stream = new(new NumberedSource(20), Augmentation, "source", seed, 1);
            return Take(stream, 20).Select(Number).ToArray();
        })];
        CollectionAssert.AreNotEqual(sequences[0], sequences[1]);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    public void EachPassVisitsEverySampleOnceInAnOrderOfItsOwn(int workers)
    {
        NumberedSource source = new(10);
        using CropStream stream = new(source, Augmentation, "source", 1, workers);

        Crop[] crops = Take(stream, 40);

        for (int pass = 0; pass < 4; pass++)
        {
            Crop[] visited = crops[(10 * pass)..(10 * (pass + 1))];
            Assert.IsTrue(visited.All(crop => crop.Pass == pass));
            CollectionAssert.AreEquivalent(Enumerable.Range(0, 10).ToArray(), visited.Select(Number).ToArray());
        }

        Assert.IsGreaterThan(1, crops.Chunk(10).Select(pass => string.Join(',', pass.Select(Number))).Distinct().Count());
        Assert.IsGreaterThanOrEqualTo(4, source.Seeds.Distinct().Count());
    }

    [TestMethod]
    public void SamplesOfAnUnshuffledSourceAreShuffledAmongTheirNeighbours()
    {
        using CropStream stream = new(new NumberedSource(200, shuffled: false), Augmentation, "source", 1, 2);

        int[] numbers = [.. Take(stream, 100).Select(Number)];

        CollectionAssert.AllItemsAreUnique(numbers);
        CollectionAssert.AreNotEqual(numbers.Order().ToArray(), numbers);
        Assert.IsTrue(numbers.Index().All(pair => pair.Item <= pair.Index + 64));
        Assert.IsGreaterThan(20, numbers.Take(10).Max());
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    public void ADecodersExceptionSurfacesAtItsPlace(int workers)
    {
        NumberedSource source = new(10) { Decoding = number => ThrowAt(number, 6) };
        int[] order = [.. Enumerable.Range(0, 10)];
        using (CropStream sound = new(new NumberedSource(10), Augmentation, "source", 1, 1))
        {
            order = [.. Take(sound, 10).Select(Number)];
        }

        using CropStream stream = new(source, Augmentation, "source", 1, workers);

        CollectionAssert.AreEqual(order[..Array.IndexOf(order, 6)], Take(stream, Array.IndexOf(order, 6)).Select(Number).ToArray());
        InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(() => stream.Next());
        Assert.AreEqual("sample 6", error.Message);
        StringAssert.Contains(error.StackTrace!, nameof(ThrowAt));
    }

    [TestMethod]
    public void AStreamThatFailedFailsAgainInsteadOfWaiting()
    {
        using CropStream stream = new(new NumberedSource(4) { Decoding = number => ThrowAt(number, number) }, Augmentation, "source", 1, 1);
        Assert.ThrowsExactly<InvalidDataException>(() => stream.Next());

        Task<Crop> again = Task.Run(stream.Next);

        Assert.ThrowsExactly<InvalidDataException>(() => again.WaitAsync(Patience.Limit).GetAwaiter().GetResult());
    }

    [TestMethod]
    public void AnEmptyDomainIsNamed()
    {
        using CropStream stream = new(new NumberedSource(0), Augmentation, "target", 1, 2);
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => stream.Next()).Message, "The target data has no rows");
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    public async Task NoMoreIsDecodedAheadThanTheQueuesHold(int workers)
    {
        // Each worker fills its queue and holds one crop more.
        int ahead = workers * (QueuedPerWorker + 1);
        NumberedSource source = new(20);
        using (CropStream stream = new(source, Augmentation, "source", 1, workers))
        {
            for (int taken = 1; taken <= 200; taken++)
            {
                stream.Next();
                Assert.IsLessThanOrEqualTo(taken + ahead, source.Decoded);
            }

            await source.UntilDecodedAsync(200 + ahead);
        }

        // The workers have ended, so that none comes later.
        Assert.AreEqual(200 + ahead, source.Decoded);
    }

    [TestMethod]
    public async Task DisposeEndsWorkersThatWaitForRoom()
    {
        NumberedSource source = new(20);
        CropStream stream = new(source, Augmentation, "source", 1, 2);
        await source.UntilDecodedAsync(2 * (QueuedPerWorker + 1));

        await Task.Run(stream.Dispose).WaitAsync(Patience.Limit);

        Assert.AreEqual(0, source.OpenCursors);
        Assert.AreEqual(2 * (QueuedPerWorker + 1), source.Decoded);
    }

    [TestMethod]
    public void ADisposedStreamSaysSo()
    {
        CropStream stream = new(new NumberedSource(20), Augmentation, "source", 1, 2);
        stream.Dispose();
        stream.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => stream.Next());
    }

    [TestMethod]
    public void CancellationEndsAWaitForACrop()
    {
        using ManualResetEventSlim decoding = new();
        using ManualResetEventSlim proceed = new();
        using CancellationTokenSource cancellation = new();
        NumberedSource source = new(4)
        {
            Decoding = _ =>
            {
                decoding.Set();
                proceed.Wait(Patience.Limit);
            },
        };
        using CropStream stream = new(source, Augmentation, "source", 1, 1, cancellation.Token);
        Assert.IsTrue(decoding.Wait(Patience.Limit));
        Task<Crop> next = Task.Run(stream.Next);

        cancellation.Cancel();

        try
        {
            Assert.Throws<OperationCanceledException>(() => next.WaitAsync(Patience.Limit).GetAwaiter().GetResult());
            Assert.Throws<OperationCanceledException>(() => stream.Next());
        }
        finally
        {
            proceed.Set();
        }
    }

    [TestMethod]
    [DataRow(true, 1, BadSamplePolicy.Stop, 0, 25)]
    [DataRow(true, 1, BadSamplePolicy.Stop, 9, 1)]
    [DataRow(true, 1, BadSamplePolicy.Skip, 3, 25)]
    [DataRow(true, 3, BadSamplePolicy.Stop, 3, 25)]
    [DataRow(false, 1, BadSamplePolicy.Stop, 3, 25)]
    public void WhatComesAfterPassingOverIsWhatWouldHaveCome(
        bool shuffled, int cropsPerImage, BadSamplePolicy badSamples, int taken, int skipped)
    {
        StripedSource source = new(7, labelled: true, shuffled, 24, 20);
        CropAugmentation augmentation = new(Augmentation);
        using CropStream whole = new(source, augmentation, "source", 4, Options(2));
        (CropWindow, long)[] expected = [.. Take(whole, taken + skipped + 30).Select(crop => (crop.Window, crop.Pass))];
        foreach (int workers in new[] { 1, 3 })
        {
            using CropStream stream = new(source, augmentation, "source", 4, Options(workers));
            Take(stream, taken);
            stream.Skip(skipped);
            CollectionAssert.AreEqual(expected[(taken + skipped)..], Take(stream, 30).Select(crop => (crop.Window, crop.Pass)).ToArray());
        }

        CropStreamOptions Options(int workers) => new() { Workers = workers, CropsPerImage = cropsPerImage, BadSamples = badSamples };
    }

    [TestMethod]
    public void PassingOverPlacesDecodesNothingOfThem()
    {
        NumberedSource source = new(20);
        using CropStream stream = new(source, Augmentation, "source", 1, 2);

        stream.Skip(10_000);
        Crop crop = stream.Next();

        Assert.AreEqual(500, crop.Pass);
        Assert.IsLessThanOrEqualTo(2 * 2 * (QueuedPerWorker + 2), source.Decoded);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(65)]
    public void WorkersOutOfRangeAreRefused(int workers)
    {
        ArgumentOutOfRangeException error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(
            () => new CropStream(new NumberedSource(4), Augmentation, "source", 1, workers).Dispose());
        Assert.AreEqual("workers", error.ParamName);
        StringAssert.Contains(error.Message, "1 to 64");
    }

    private static Crop[] Take(CropStream stream, int count) => [.. Enumerable.Range(0, count).Select(_ => stream.Next())];

    private static int Number(Crop crop) => crop.Pixels[0];

    private static void ThrowAt(int number, int bad)
    {
        if (number == bad)
        {
            throw new InvalidDataException($"sample {number}");
        }
    }
}

using Road.Torch.Data;

namespace Road.Torch.Tests.Data;

[TestClass]
public sealed class SampleCacheTests
{
    private const int SampleBytes = 16 * 16 * 3;
    private static readonly RandomCrop Augmentation = new(16);

    [TestMethod]
    [DataRow(1)]
    [DataRow(4)]
    public void AllWorkersShareWhatOneDecoded(int workers)
    {
        NumberedSource source = new(10);
        SampleCache cache = new(100 * SampleBytes);
        using CropStream stream = new(new CachedSampleSource(source, cache), Augmentation, "source", 1, workers);

        int[][] passes = [
            .. Enumerable.Range(0, 12).Select(_ => Enumerable.Range(0, 10).Select(_ => (int)stream.Next().Pixels[0]).ToArray())];

        foreach (int[] pass in passes)
        {
            CollectionAssert.AreEquivalent(Enumerable.Range(0, 10).ToArray(), pass);
        }

        // Workers may meet a sample at the same time, in passes of their own, before either has kept it.
        Assert.IsLessThanOrEqualTo(10 * workers, source.Decoded);
        Assert.AreEqual(10 * SampleBytes, cache.Bytes);
    }

    [TestMethod]
    public void NoMoreIsKeptThanTheBudget()
    {
        NumberedSource source = new(10);
        SampleCache cache = new((4 * SampleBytes) + 1);
        int passes = 0;
        CachedSampleSource cached = new(source, cache);
        for (int pass = 0; pass < 5; pass++)
        {
            using ISampleCursor cursor = cached.Open(pass);
            while (cursor.MoveNext())
            {
                Assert.AreEqual((byte)cursor.Id, cursor.Decode().Pixels[0]);
            }

            Assert.AreEqual(4 * SampleBytes, cache.Bytes);
            passes++;
        }

        Assert.AreEqual(10 + ((passes - 1) * 6), source.Decoded);
    }

    [TestMethod]
    public void LabelsCountTooAndSourcesDoNotMeet()
    {
        SampleCache cache = new(long.MaxValue);
        CachedSampleSource first = new(new Training.StripedSource(1, labelled: true, width: 16, height: 16), cache);
        CachedSampleSource second = new(new NumberedSource(1), cache);
        Assert.IsNotNull(DecodeFirst(first).Labels);
        Assert.AreEqual(16 * 16 * 4, cache.Bytes);
        Assert.IsNull(DecodeFirst(second).Labels);
        Assert.AreEqual((16 * 16 * 4) + SampleBytes, cache.Bytes);
        Assert.AreSame(DecodeFirst(first).Pixels, DecodeFirst(first).Pixels);
    }

    [TestMethod]
    public void AFaultIsNotKept()
    {
        bool isBroken = true;
        NumberedSource source = new(1)
        {
            Decoding = _ =>
            {
                if (isBroken)
                {
                    throw new InvalidDataException("broken");
                }
            },
        };
        CachedSampleSource cached = new(source, new SampleCache(SampleBytes));
        Assert.ThrowsExactly<InvalidDataException>(() => DecodeFirst(cached));
        isBroken = false;
        Assert.AreEqual(0, DecodeFirst(cached).Pixels[0]);
    }

    [TestMethod]
    public void ANegativeBudgetIsRefused() =>
        Assert.AreEqual("budget", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new SampleCache(-1)).ParamName);

    private static DecodedSample DecodeFirst(CachedSampleSource source)
    {
        using ISampleCursor cursor = source.Open(1);
        Assert.IsTrue(cursor.MoveNext());
        return cursor.Decode();
    }
}

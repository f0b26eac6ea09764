using Microsoft.ML;
using Road.MLNet.Data;
using Road.Torch.Data;

namespace Road.MLNet.Tests.Training;

/// <summary>Samples that nobody keeps take over each other's memory; others do not.</summary>
[TestClass]
public sealed class SampleMemoryTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void SamplesOfOneSizeShareTheirMemoryWhereNoneIsKept()
    {
        using var folders = new TrainingFolders(sources: 4);
        (DecodedSample[] samples, byte[][] pixels, byte[][] labels) = Read(folders, kept: false);

        Assert.AreEqual(1, samples.Select(static sample => sample.Pixels).Distinct().Count());
        Assert.AreEqual(1, samples.Select(static sample => sample.Labels).Distinct().Count());
        (DecodedSample[] kept, _, _) = Read(folders, kept: true);
        for (int i = 0; i < kept.Length; i++)
        {
            CollectionAssert.AreEqual(kept[i].Pixels, pixels[i]);
            CollectionAssert.AreEqual(kept[i].Labels, labels[i]);
        }
    }

    [TestMethod]
    public void SamplesThatAreKeptKeepTheirMemory()
    {
        using var folders = new TrainingFolders(sources: 4);
        (DecodedSample[] samples, byte[][] pixels, byte[][] labels) = Read(folders, kept: true);

        Assert.AreEqual(4, samples.Select(static sample => sample.Pixels).Distinct().Count());
        for (int i = 0; i < samples.Length; i++)
        {
            CollectionAssert.AreEqual(pixels[i], samples[i].Pixels);
            CollectionAssert.AreEqual(labels[i], samples[i].Labels);
        }
    }

    [TestMethod]
    public void AnotherSizeGetsAnotherArray()
    {
        ReusedBytes bytes = new();
        byte[] first = bytes.OfLength(12);

        Assert.AreSame(first, bytes.OfLength(12));
        Assert.HasCount(15, bytes.OfLength(15));
        Assert.AreNotSame(first, bytes.OfLength(12));
    }

    /// <summary>The samples of a pass, and what each held when it was decoded.</summary>
    private (DecodedSample[] Samples, byte[][] Pixels, byte[][] Labels) Read(TrainingFolders folders, bool kept)
    {
        ViewSampleSource source = new(folders.Source(_ml), "SourceImage", "SourceLabel", null) { SamplesAreKept = kept };
        List<DecodedSample> samples = [];
        List<byte[]> pixels = [];
        List<byte[]> labels = [];
        using ISampleCursor cursor = source.Open(1);
        while (cursor.MoveNext())
        {
            DecodedSample sample = cursor.Decode();
            samples.Add(sample);
            pixels.Add([.. sample.Pixels]);
            labels.Add([.. sample.Labels!]);
        }

        return ([.. samples], [.. pixels], [.. labels]);
    }
}

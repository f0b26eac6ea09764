using Road.Torch.Data;

namespace Road.Torch.Tests.Data;

[TestClass]
public sealed class TrainingBatchTests
{
    [TestMethod]
    public void SourceCropsComeFirst()
    {
        TrainingBatch batch = new([Crop(1, labelled: true), Crop(2, labelled: true)], [Crop(3, labelled: false)]);

        Assert.AreEqual(4, batch.Size);
        Assert.AreEqual(2, batch.SourceCount);
        Assert.AreEqual(1, batch.TargetCount);
        Assert.IsTrue(batch.HasLabelledPixels);
        CollectionAssert.AreEqual(Enumerable.Range(0, 3 * 48).Select(i => (byte)((i / 48) + 1)).ToArray(), batch.Pixels);
        CollectionAssert.AreEqual(Enumerable.Range(0, 2 * 16).Select(i => (byte)((i / 16) + 11)).ToArray(), batch.Labels);
        Sequence.AreEqual(batch.Windows.Select(window => window.X), 1, 2, 3);
    }

    [TestMethod]
    public void LabelsOfTargetCropsStandApartFromTheSources()
    {
        TrainingBatch batch = new([Crop(1, labelled: true)], [Crop(2, labelled: false), Crop(3, labelled: true)]);
        CollectionAssert.AreEqual(Enumerable.Repeat((byte)11, 16).ToArray(), batch.Labels);
        CollectionAssert.AreEqual(Enumerable.Range(0, 32).Select(i => (byte)(i < 16 ? 255 : 13)).ToArray(), batch.TargetLabels);
        Assert.IsNull(new TrainingBatch([Crop(1, labelled: true)], [Crop(2, labelled: false)]).TargetLabels);
    }

    [TestMethod]
    public void LabelledTargetCropsAreNeitherSourceNorTarget()
    {
        TrainingBatch batch = new(
            [Crop(1, labelled: true)], [Crop(2, labelled: false)], [Crop(3, labelled: true), Crop(4, labelled: true)]);

        Assert.AreEqual((1, 1, 2), (batch.SourceCount, batch.TargetCount, batch.LabelledTargetCount));
        CollectionAssert.AreEqual(Enumerable.Range(0, 2 * 48).Select(i => (byte)((i / 48) + 1)).ToArray(), batch.Pixels);
        CollectionAssert.AreEqual(Enumerable.Range(0, 2 * 48).Select(i => (byte)((i / 48) + 3)).ToArray(), batch.LabelledTargetPixels);
        CollectionAssert.AreEqual(Enumerable.Range(0, 2 * 16).Select(i => (byte)((i / 16) + 13)).ToArray(), batch.LabelledTargetLabels);
        Assert.IsTrue(batch.HasLabelledTargetPixels);
        Sequence.AreEqual(batch.Windows.Select(window => window.X), 1, 2);
        Assert.IsFalse(new TrainingBatch([Crop(1, labelled: true)], []).HasLabelledTargetPixels);
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(
                () => new TrainingBatch([Crop(1, labelled: true)], [], [Crop(2, labelled: false)])).Message,
            "Labelled target crop 0 has no labels");
    }

    [TestMethod]
    public void ABatchMayHoldNoLabelThatCounts()
    {
        Crop crop = Crop(1, labelled: true);
        Array.Fill(crop.Labels!, DecodedSample.IgnoredLabel);
        Assert.IsFalse(new TrainingBatch([crop], []).HasLabelledPixels);
    }

    [TestMethod]
    public void CropsThatDoNotFitAreRefused()
    {
        Crop small = new(new byte[27], new byte[9], default, 0, true);

        Assert.AreEqual("source", Refused(() => new TrainingBatch([], [Crop(1, labelled: false)])).ParamName);
        StringAssert.Contains(
            Refused(() => new TrainingBatch([Crop(1, labelled: true), Crop(2, labelled: false)], [])).Message,
            "Source crop 1 has no labels");
        StringAssert.Contains(Refused(() => new TrainingBatch([Crop(1, labelled: true), small], [])).Message, "4 x 4");
        Assert.AreEqual("target", Refused(() => new TrainingBatch([Crop(1, labelled: true)], [small])).ParamName);

        static ArgumentException Refused(Func<object> action) => Assert.ThrowsExactly<ArgumentException>(action);
    }

    private static Crop Crop(byte number, bool labelled) => new(
        [.. Enumerable.Repeat(number, 48)],
        labelled ? [.. Enumerable.Repeat((byte)(number + 10), 16)] : null,
        new CropWindow(number, 0, 4, 4, 20, 20, Mirrored: false),
        0,
        labelled);
}

using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet.Data;
using Road.MLNet.Tests.Data;

namespace Road.MLNet.Tests;

/// <summary>The encodings of published data sets, and the classes of Cityscapes.</summary>
[TestClass]
public sealed class LabelEncodingPresetTests
{
    private const string Cityscapes =
        "road sidewalk building wall fence pole traffic_light traffic_sign vegetation terrain sky person rider car truck bus train "
        + "motorcycle bicycle";

    [TestMethod]
    public void CityscapesIdsAreMappedAndOthersIgnored()
    {
        int[] ids = [7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 32, 33];
        byte[] expected = [.. Enumerable.Range(0, 256).Select(id => (byte)(Array.IndexOf(ids, id) is >= 0 and int index ? index : 255))];
        byte[] all = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        byte[] palette = [.. Enumerable.Repeat((byte)9, 768)];

        CollectionAssert.AreEqual(expected, Decode(LabelEncoding.Cityscapes, PngWriter.Write(256, 1, all)));
        CollectionAssert.AreEqual(
            expected, Decode(LabelEncoding.Gta5, PngWriter.Write(256, 1, all, colorType: 3, palette)), "the index counts, not the colour");
    }

    [TestMethod]
    public void TrainIdsAndCamVidIdsAreClasses()
    {
        byte[] ids = [0, 1, 10, 11, 18, 19, 255];
        CollectionAssert.AreEqual(
            new byte[] { 0, 1, 10, 11, 18, 255, 255 }, Decode(LabelEncoding.CityscapesTrainIds, PngWriter.Write(7, 1, ids)));
        CollectionAssert.AreEqual(new byte[] { 0, 1, 10, 255, 255, 255, 255 }, Decode(LabelEncoding.CamVid, PngWriter.Write(7, 1, ids)));
        Assert.AreEqual("sky building pole road pavement tree sign fence car pedestrian bicyclist", Names(LabelEncoding.CamVid.ClassNames));
    }

    [TestMethod]
    public void CamVidIdsAreCityscapesClassesOfTheSameMeaning()
    {
        byte[] ids = [.. Enumerable.Range(0, 12).Select(i => (byte)i)];
        byte[] classes = Decode(LabelEncoding.CamVidAsCityscapes, PngWriter.Write(12, 1, ids));
        Assert.AreEqual(
            "sky building pole road sidewalk vegetation traffic_sign fence car person bicycle",
            Names(classes[..11].Select(index => CityscapesClasses.Names[index])));
        Assert.AreEqual(255, classes[11]);
    }

    [TestMethod]
    public void SynthiaReadsTheRedSampleOfSixteenBits()
    {
        int[] ids = [3, 4, 2, 21, 5, 7, 15, 9, 6, 1, 10, 17, 8, 19, 12, 11, 0, 22, 259];
        byte[] expected = [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 15, 17, 18, 255, 255, 255];
        ushort[] samples = [.. ids.SelectMany((id, i) => new[] { (ushort)id, (ushort)(i * 1000), (ushort)3 })];
        byte[] file = new PngWriter { Width = ids.Length, Height = 1, ColorType = 2, BitDepth = 16 }.Encode(samples);
        CollectionAssert.AreEqual(expected, Decode(LabelEncoding.Synthia, file));
    }

    [TestMethod]
    public void NamesAndColoursAreThePublishedOnes()
    {
        foreach (LabelEncoding encoding in new[]
        {
            LabelEncoding.Cityscapes, LabelEncoding.CityscapesTrainIds, LabelEncoding.Gta5, LabelEncoding.Synthia,
            LabelEncoding.CamVidAsCityscapes,
        })
        {
            Assert.AreEqual(Cityscapes, Names(encoding.ClassNames));
            CollectionAssert.AreEqual(CityscapesClasses.Colors.ToArray(), encoding.ClassColors.ToArray());
        }

        Assert.AreEqual(
            "(128, 64, 128) (244, 35, 232) (70, 70, 70) (102, 102, 156) (190, 153, 153) (153, 153, 153) (250, 170, 30) (220, 220, 0) "
            + "(107, 142, 35) (152, 251, 152) (70, 130, 180) (220, 20, 60) (255, 0, 0) (0, 0, 142) (0, 0, 70) (0, 60, 100) (0, 80, 100) "
            + "(0, 0, 230) (119, 11, 32)",
            string.Join(' ', CityscapesClasses.Colors));
        Assert.HasCount(11, LabelEncoding.CamVid.ClassColors.Distinct().ToArray());
    }

    [TestMethod]
    public void SubsetsAreThoseThatSynthiaIsComparedBy()
    {
        int[] sixteen = [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 15, 17, 18];
        Assert.AreEqual(Names(sixteen.Select(i => CityscapesClasses.Names[i])), Names(CityscapesClasses.Synthia16));
        Assert.AreEqual(Names(sixteen.Except([3, 4, 5]).Select(i => CityscapesClasses.Names[i])), Names(CityscapesClasses.Synthia13));
        CollectionAssert.AreEquivalent(CityscapesClasses.Names.ToArray(), CityscapesClasses.ToCamVid.Keys.ToArray());
        CollectionAssert.AreEquivalent(LabelEncoding.CamVid.ClassNames.ToArray(), CityscapesClasses.ToCamVid.Values.Distinct().ToArray());
    }

    [TestMethod]
    public void MaskOfAnotherDepthThanPublishedIsRefused()
    {
        byte[] deep = new PngWriter { Width = 1, Height = 1, BitDepth = 16 }.Encode([7]);
        foreach (LabelEncoding encoding in new[] { LabelEncoding.Cityscapes, LabelEncoding.Gta5, LabelEncoding.CamVid,
            LabelEncoding.CityscapesTrainIds })
        {
            AssertRefused(encoding, deep, "The label mask 'mask.png' has 16 bits a sample, but 8 at most are expected.");
        }

        AssertRefused(LabelEncoding.Synthia, PngWriter.Write(1, 1, [3, 0, 0], colorType: 2), "has 8 bits a sample, but 16 are expected.");
        CollectionAssert.AreEqual(
            new byte[] { 255 }, Decode(
                LabelEncoding.Gta5, new PngWriter { Width = 1, Height = 1, BitDepth = 4, ColorType = 3, Palette = [1, 1, 1] }.Encode([0])));
    }

    [TestMethod]
    public void SavedPipelinesKeepThePresets()
    {
        using var folder = new TemporaryFolder();
        folder.Write("mask.png", new PngWriter { Width = 2, Height = 1, ColorType = 2, BitDepth = 16 }.Encode([21, 0, 0, 99, 0, 0]));
        folder.Write("shallow.png", PngWriter.Write(1, 1, [21, 0, 0], colorType: 2));
        var ml = new MLContext(seed: 1);
        IDataView View(string name) => ml.Data.LoadFromEnumerable([new { LabelPath = folder.Combine(name) }]);
        ITransformer transformer = ml.Transforms.LoadLabelMasks("Label", null, "LabelPath", LabelEncoding.Synthia).Fit(View("mask.png"));
        ml.Model.Save(transformer, View("mask.png").Schema, folder.Combine("labels.zip"));

        ITransformer loaded = new MLContext().Model.Load(folder.Combine("labels.zip"), out _);
        CollectionAssert.AreEqual(
            new byte[] { 4, 0 }, loaded.Transform(View("mask.png")).GetColumn<VBuffer<byte>>("Label").Single().DenseValues().ToArray());
        InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(
            () => loaded.Transform(View("shallow.png")).GetColumn<VBuffer<byte>>("Label").Single().DenseValues().ToArray());
        StringAssert.Contains(error.Message, "16 are expected", StringComparison.Ordinal);
    }

    private static void AssertRefused(LabelEncoding encoding, byte[] file, string expected) =>
        StringAssert.Contains(
            Assert.ThrowsExactly<InvalidDataException>(() => Decode(encoding, file)).Message, expected, StringComparison.Ordinal);

    private static string Names(IEnumerable<string> names) => string.Join(' ', names.Select(name => name.Replace(' ', '_')));

    private static byte[] Decode(LabelEncoding encoding, byte[] file)
    {
        LabelPng png = LabelPngReader.Decode([.. file], file.Length, "mask.png");
        var classes = new byte[png.Width * png.Height];
        encoding.Decode(png, "mask.png", classes);
        return classes;
    }
}

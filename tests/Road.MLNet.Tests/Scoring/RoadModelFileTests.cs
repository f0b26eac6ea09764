using System.IO.Compression;
using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet.Tests.Processes;
using Road.Torch;
using Road.Torch.Data;
using Road.Torch.Networks;
using Road.Torch.Scoring;

namespace Road.MLNet.Tests.Scoring;

[TestClass]
public sealed class RoadModelFileTests
{
    [TestMethod]
    public void ANetworkFromAnotherAssemblyLoadsInANewContextAndGivesTheSameMasks()
    {
        var ml = new MLContext(1);
        using RoadTransformer transformer = ScoringFixture.CreateTransformer(ml, "Score", networkSize: new ImageSize(48, 32));
        List<ScoringFixture.Row> rows = ScoringFixture.CreateRows(5);
        using MemoryStream file = Save(ml, transformer);

        using var loaded = (RoadTransformer)new MLContext().Model.Load(file, out _);

        Assert.AreEqual("Score", loaded.ScoreColumnName);
        CollectionAssert.AreEqual(transformer.ClassNames.ToArray(), loaded.ClassNames.ToArray());
        byte[][] expected = RoadTransformerTests.Score(ml, transformer, rows);
        byte[][] masks = RoadTransformerTests.Score(new MLContext(), loaded, rows);
        for (int i = 0; i < rows.Count; i++)
        {
            CollectionAssert.AreEqual(expected[i], masks[i], $"row {i}");
        }
    }

    [TestMethod]
    [DataRow(ImageFit.KeepAspectRatio, "24 x 32")]
    [DataRow(ImageFit.Stretch, "48 x 32")]
    public void AModelKeepsHowItsImagesAreScaled(ImageFit fit, string scaled)
    {
        var ml = new MLContext(1);
        using RoadTransformer transformer = ScoringFixture.CreateTransformer(ml, networkSize: new ImageSize(48, 32), fit: fit);
        using MemoryStream file = Save(ml, transformer);
        using var loaded = (RoadTransformer)new MLContext().Model.Load(file, out _);
        List<ScoringFixture.Row> portrait = [new() { Image = ScoringFixture.CreateImage(3, 96, 128) }];

        Assert.AreEqual(scaled, new ImageSize(96, 128).FitTo(new ImageSize(48, 32), fit).ToString());
        using RoadTransformer other = ScoringFixture.CreateTransformer(
            ml, networkSize: new ImageSize(48, 32), fit: fit == ImageFit.Stretch ? ImageFit.KeepAspectRatio : ImageFit.Stretch);
        byte[] mask = RoadTransformerTests.Score(ml, loaded, portrait)[0];
        CollectionAssert.AreEqual(RoadTransformerTests.Score(ml, transformer, portrait)[0], mask);
        CollectionAssert.AreNotEqual(RoadTransformerTests.Score(ml, other, portrait)[0], mask);
    }

    [TestMethod]
    public void SettingsOfBeforeThereWasAFitStretchImages()
    {
        var ml = new MLContext(1);
        using RoadTransformer stretching = ScoringFixture.CreateTransformer(ml, networkSize: new ImageSize(48, 32), fit: ImageFit.Stretch);
        using MemoryStream file = Save(ml, stretching);
        using ZipArchive archive = new(file, ZipArchiveMode.Read);

        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            using StreamReader reader = new(entry.Open(), Encoding.Latin1);
            Assert.DoesNotContain("ImageFit", reader.ReadToEnd(), entry.FullName);
        }
    }

    [TestMethod]
    public void ScoringOptionsAreSavedWithTheModelAndWeightsStayFloat32()
    {
        var ml = new MLContext(1);
        using RoadTransformer transformer = ScoringFixture.CreateTransformer(ml);
        using MemoryStream plain = Save(ml, transformer);
        transformer.Scoring =
            new ScoringOptions { Precision = Precision.BFloat16, TileSize = 512, TileMargin = 64, Scales = [0.75, 1], Mirror = true };
        using MemoryStream file = Save(ml, transformer);

        using var loaded = (RoadTransformer)new MLContext().Model.Load(file, out _);

        Assert.AreEqual(Precision.BFloat16, loaded.Scoring.Precision);
        Assert.AreEqual(512, loaded.Scoring.TileSize);
        Assert.AreEqual(64, loaded.Scoring.TileMargin);
        CollectionAssert.AreEqual(new[] { 0.75, 1 }, loaded.Scoring.Scales.ToArray());
        Assert.IsTrue(loaded.Scoring.Mirror);

        // Back at the defaults, the file is the one of a model that never had others: the weights were not rounded.
        loaded.Scoring = new ScoringOptions();
        using var first = (RoadTransformer)new MLContext().Model.Load(plain, out _);
        List<ScoringFixture.Row> rows = ScoringFixture.CreateRows(2);
        byte[][] expected = RoadTransformerTests.Score(ml, first, rows);
        byte[][] masks = RoadTransformerTests.Score(ml, loaded, rows);
        for (int i = 0; i < rows.Count; i++)
        {
            CollectionAssert.AreEqual(expected[i], masks[i], $"row {i}");
        }
    }

    [TestMethod]
    public void AnotherProcessWithNothingRegisteredGivesTheSameMasks()
    {
        using var folder = new TemporaryFolder();
        string images = folder.CreateFolder("images");
        for (int i = 0; i < 3; i++)
        {
            ScoringFixture.CreateImage(i, 64, 48).Save(Path.Combine(images, $"{i}.png"));
        }

        var ml = new MLContext(1);
        IDataView view = ml.Data.LoadFromEnumerable(
            Directory.GetFiles(images).Order(StringComparer.Ordinal).Select(path => new PathRow { ImagePath = path }));
        ITransformer loader = ml.Transforms.LoadImages("Image", null, "ImagePath").Fit(view);
        using RoadTransformer transformer = ScoringFixture.CreateTransformer(
            ml, factory: new DeepLabV2Factory { BackboneName = "squeezenet1_1" });
        TransformerChain<ITransformer> chain = new(loader, transformer);
        ml.Model.Save(chain, view.Schema, folder.Combine("model.zip"));
        byte[] expected = [.. chain.Transform(view).GetColumn<VBuffer<byte>>("PredictedLabel").SelectMany(mask => mask.DenseValues())];

        (int exitCode, _, string errors) = Programs.Run(
            Programs.Sibling("Road.MLNet.Tests.Loader"), folder.Combine("model.zip"), images, folder.Combine("masks"));

        Assert.AreEqual(0, exitCode, errors);
        CollectionAssert.AreEqual(expected, File.ReadAllBytes(folder.Combine("masks")));
    }

    [TestMethod]
    public void AnotherProcessThatHasOnlyListedAFolderReadsImagesIntoItsOwnClass()
    {
        using var folder = new TemporaryFolder();
        ScoringFixture.CreateImage(1, 64, 48).Save(folder.Combine("1.png"));

        (int exitCode, string output, string errors) = Programs.Run(Programs.Sibling("Road.MLNet.Tests.Loader"), folder.Path);

        Assert.AreEqual(0, exitCode, errors);
        Assert.AreEqual("64 x 48", output.Trim());
    }

    [TestMethod]
    [DataRow(
        "\"FactoryType\":\"Road.MLNet.Tests.Scoring.TinyFactory\"", "\"FactoryType\":\"Road.MLNet.Tests.Scoring.TinyFactorx\"",
        "which the assembly 'Road.MLNet.Tests' does not have")]
    [DataRow(
        "\"FactoryType\":\"Road.MLNet.Tests.Scoring.TinyFactory\"", "\"FactoryType\":\"Road.MLNet.Tests.Scoring.TinyNetwork\"",
        "is not a concrete SegmentationNetworkFactory")]
    [DataRow(
        "\"FactoryAssembly\":\"Road.MLNet.Tests\"", "\"FactoryAssembly\":\"Road.MLNet.Testz\"",
        "assembly 'Road.MLNet.Testz', which cannot be loaded")]
    [DataRow("\"Channels\":12", "\"Channels\":13", "it was not saved with the settings beside it")]
    [DataRow("\"Channels\":12", "\"Channelz\":12", "do not fit it")]
    [DataRow("\"ClassNames\"", "\"ClassNamez\"", "its settings cannot be read")]
    public void AModelWhoseSettingsMakeNoSenseIsRefused(string find, string replace, string message)
    {
        var ml = new MLContext(1);
        using RoadTransformer transformer = ScoringFixture.CreateTransformer(ml);
        using MemoryStream file = Save(ml, transformer);

        ModelFiles.Edit(file, "Model.key", bytes => Replace(bytes, Encoding.UTF8.GetBytes(find), Encoding.UTF8.GetBytes(replace)));

        AssertRefused(file, message);
    }

    [TestMethod]
    public void ANewerFormatIsRefusedAsNewer()
    {
        var ml = new MLContext(1);
        using RoadTransformer transformer = ScoringFixture.CreateTransformer(ml);
        using MemoryStream file = Save(ml, transformer);

        // The header: signature at 0x40, version written at 0x48, oldest reader's version at 0x4C.
        ModelFiles.Edit(file, "Model.key", bytes =>
        {
            int start = Encoding.Latin1.GetString(bytes).IndexOf("ROADSEGM", StringComparison.Ordinal);
            bytes[start + 8] = 9;
            bytes[start + 12] = 9;
            return bytes;
        });

        AssertRefused(file, "has format version 9, written by a newer Road.MLNet");
    }

    [TestMethod]
    public void DamagedWeightsAreRefused()
    {
        var ml = new MLContext(1);
        using RoadTransformer transformer = ScoringFixture.CreateTransformer(ml);
        using MemoryStream file = Save(ml, transformer);

        ModelFiles.Edit(file, "Weights.safetensors", bytes => bytes[..^10]);

        AssertRefused(file, "Weights.safetensors");
    }

    [TestMethod]
    public void MissingWeightsAreRefused()
    {
        var ml = new MLContext(1);
        using RoadTransformer transformer = ScoringFixture.CreateTransformer(ml);
        using MemoryStream file = Save(ml, transformer);

        using (var zip = new ZipArchive(file, ZipArchiveMode.Update, leaveOpen: true))
        {
            zip.Entries.Single(entry => entry.Name == "Weights.safetensors").Delete();
        }

        ModelFiles.Seal(file);

        AssertRefused(file, "it has no part named 'Weights.safetensors'");
    }

    [TestMethod]
    public void AFactoryThatCouldNotBeLoadedAgainIsNotSaved()
    {
        var ml = new MLContext(1);
        using RoadTransformer transformer = ScoringFixture.CreateTransformer(ml, factory: new SealedFactory(8));

        Exception error = Assert.Throws<InvalidOperationException>(() => Save(ml, transformer));
        StringAssert.Contains(error.Message, "needs a public parameterless constructor", StringComparison.Ordinal);
    }

    private static MemoryStream Save(MLContext ml, RoadTransformer transformer)
    {
        var stream = new MemoryStream();
        ml.Model.Save(transformer, ml.Data.LoadFromEnumerable(ScoringFixture.CreateRows(1)).Schema, stream);
        stream.Position = 0;
        return stream;
    }

    private static void AssertRefused(MemoryStream file, string message)
    {
        file.Position = 0;
        Exception error = Assert.Throws<Exception>(() => new MLContext().Model.Load(file, out _));
        StringAssert.Contains(error.ToString(), message, StringComparison.Ordinal);
        StringAssert.Contains(error.ToString(), "RoadTransformer", StringComparison.Ordinal);
    }

    private static byte[] Replace(byte[] bytes, byte[] find, byte[] replace)
    {
        int start = bytes.AsSpan().IndexOf(find);
        Assert.IsGreaterThanOrEqualTo(0, start);
        Assert.HasCount(find.Length, replace);
        replace.CopyTo(bytes, start);
        return bytes;
    }

    private sealed class PathRow
    {
        public string ImagePath { get; set; } = string.Empty;
    }

    private sealed class SealedFactory(int channels) : SegmentationNetworkFactory
    {
        public override string Name => "sealed";

        public override SegmentationNetwork Create(int classCount) => new TinyNetwork(new TinyBackbone(channels), classCount);

        public override Backbone CreateBackbone() => new TinyBackbone(channels);
    }
}

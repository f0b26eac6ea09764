using System.Collections.Concurrent;
using Microsoft.ML;
using Road.MLNet.Data;

namespace Road.MLNet.Tests.Scoring;

/// <summary>
/// Models of versions before digests, in tests/fixtures/unsealed: a step that loads images and a <see cref="TinyFactory"/> of 4 channels,
/// with and without scoring options, and a step that loads labels.
/// </summary>
[TestClass]
public sealed class UnsealedModelTests
{
    [TestMethod]
    [DataRow("model-1.zip", null)]
    [DataRow("model-2.zip", 512)]
    public void AnEarlierModelLoadsWithOneWarningAndScoresAsOneSavedAgain(string name, int? tile)
    {
        using TemporaryFolder folder = new();
        List<ScoringFixture.Row> rows = ScoringFixture.CreateRows(2);
        foreach (bool verified in new[] { false, true })
        {
            (MLContext ml, ConcurrentQueue<string> warnings) = Listen();
            string path = ModelFiles.Fixture(name);
            ITransformer chain = verified ? ml.Model.LoadVerified(path, out _) : ml.Model.Load(path, out _);
            using RoadTransformer model = ((IEnumerable<ITransformer>)chain).OfType<RoadTransformer>().Single();
            Assert.AreEqual(tile, model.Scoring.TileSize);
            Assert.HasCount(1, warnings);
            StringAssert.Contains(warnings.Single(), "carries no digest");

            ml.Model.Save(model, null, folder["again.zip"]);
            using var again = (RoadTransformer)ml.Model.Load(folder["again.zip"], out _);
            Assert.HasCount(1, warnings);
            byte[][] expected = RoadTransformerTests.Score(ml, model, rows);
            byte[][] masks = RoadTransformerTests.Score(ml, again, rows);
            for (int i = 0; i < rows.Count; i++)
            {
                CollectionAssert.AreEqual(expected[i], masks[i], $"row {i}");
            }
        }
    }

    [TestMethod]
    public void AnEarlierStepThatLoadsLabelsLoadsWithOneWarning()
    {
        (MLContext ml, ConcurrentQueue<string> warnings) = Listen();
        var loaded = (LabelMaskLoadingTransformer)ml.Model.LoadVerified(ModelFiles.Fixture("labels.zip"), out _);
        Assert.AreEqual("ImagePath", loaded.InputColumnName);
        Assert.HasCount(1, warnings);
    }

    [TestMethod]
    public void TheArchivesOwnChecksumsAreLookedAtWhereThereIsNoDigest()
    {
        using TemporaryFolder folder = new();
        byte[] content = File.ReadAllBytes(ModelFiles.Fixture("model-1.zip"));

        // The compressed content stands between its name and the next entry; of its last byte some bits mean nothing.
        int start = content.AsSpan().IndexOf("Weights.safetensors"u8) + "Weights.safetensors".Length;
        int end = start + content.AsSpan(start).IndexOf("PK\x3\x4"u8);
        for (int place = start; place < end - 1; place += 5)
        {
            byte[] damaged = [.. content];
            damaged[place] ^= (byte)(1 << (place % 8));
            string path = folder.Write("damaged.zip", damaged);
            InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(
                () => new MLContext().Model.LoadVerified(path, out _), $"byte {place - start}");
            StringAssert.Contains(error.Message, path);
        }
    }

    [TestMethod]
    public void AFileWithoutATransformerOfOursIsNoModelOfOurs()
    {
        using TemporaryFolder folder = new();
        var ml = new MLContext(1);
        IDataView view = ModelFiles.Paths(ml, "ImagePath");
        ml.Model.Save(ml.Transforms.LoadImages("Image", null, "ImagePath").Fit(view), view.Schema, folder["other.zip"]);

        InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(() => ml.Model.LoadVerified(folder["other.zip"], out _));

        StringAssert.Contains(error.Message, folder["other.zip"]);
        StringAssert.Contains(error.Message, "holds no transformer of Road.MLNet");
        Assert.ThrowsExactly<FileNotFoundException>(() => ml.Model.LoadVerified(folder["nowhere.zip"], out _));
    }

    private static (MLContext Context, ConcurrentQueue<string> Warnings) Listen()
    {
        var ml = new MLContext(1);
        ConcurrentQueue<string> warnings = [];
        ml.Log += (_, message) =>
        {
            if (message.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning)
            {
                warnings.Enqueue(message.RawMessage);
            }
        };
        return (ml, warnings);
    }
}
